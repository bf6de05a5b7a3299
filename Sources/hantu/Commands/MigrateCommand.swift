import ArgumentParser
import LogConfiguration
import LogModel
import LogSinks
import LogSpool

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Moves from an older installation to this one: a plan, unless told to apply it.",
        discussion: """
            Copies the log directory to logs_backup_YYYYMMDD beside it and compares the copy, deletes the old *.log
            files at any depth (the daemon's own daily files stay), makes the directories with mode 755, and checks
            or makes the table error_logs. It can be interrupted and run again at any time. Stop the services that
            still write their own files first; hantu-logd may run.

            With --database only the database's part: the table, and the rows of the embedded store.

            With --json: {directory, applied, backup, backup_exists, missing_bytes, old_bytes, old, deleted, changed,
            own, other, writers, directories, table, warnings}.

              hantu logs migrate
              hantu logs migrate --apply
              hantu logs migrate --database --apply
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Do it. Without this nothing is changed.")
    var apply = false

    @Flag(help: "Check or make the Postgres table, and move the embedded store's records there.")
    var database = false

    func run() throws {
        let session = try common.session()
        if database {
            return try MigrateDatabase(session: session, json: common.json).run(applying: apply)
        }
        // Lines that the daemon still holds belong into the backup too.
        if apply { _ = try? session.admin.call("POST", "/v1/flush") }
        var (migration, table) = try session.attempt {
            let directory = session.configuration.files.directory
            let migration = try Migration(directory: directory, today: session.zone.date(of: session.now))
            return (migration, TablePreparation(session))
        }
        guard apply else {
            show(migration, table, session)
            return Report.information("계획일 뿐입니다. 실행하려면 --apply를 붙이세요")
        }
        do {
            try session.attempt { try migration.apply(faults: session.faults) }
        } catch {
            MigrationReport(migration: migration, table: table, isApplied: false).sayProblems()
            throw error
        }
        try table.apply()
        show(migration, table, session)
        guard migration.changed.isEmpty, !table.isBroken else { throw ExitCode(1) }
        let done =
            migration.deleted > 0 ? "옛 로그 \(migration.deleted)개를 지웠습니다" : "지울 옛 로그가 없습니다"
        Report.success("\(done). hantu logd doctor 로 새 경로를 확인하세요")
    }

    private func show(_ migration: Migration, _ table: TablePreparation, _ session: Session) {
        let report = MigrationReport(migration: migration, table: table, isApplied: apply)
        let output = Output()
        output.append { out in
            if common.json {
                report.appendJSON(to: &out)
            } else if !apply {
                report.append(to: &out, style: session.style)
            }
        }
        output.flush()
        if apply, let backup = migration.backup {
            Report.success("백업: \(migration.place.path(of: backup.name))")
        }
        if apply { report.sayFolders() }
        report.sayProblems()
    }
}

extension Session {
    /// The step at which a test ends the command.
    var faults: FaultPoints {
        processEnvironment()["HANTU_LOGD_FAULT"].flatMap { FaultPoints(killingAt: $0) } ?? .none
    }

    /// Works on files; says what failed, and exits 1.
    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileFailure {
            Report.failure("\(error)")
        } catch let error as Migration.Obstacle {
            Report.failure(error.text)
        }
        throw ExitCode(1)
    }
}
