import ArgumentParser
import LogConfiguration
import LogModel
import LogSinks

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Puts the files of the last migration's backup back: a plan, unless told to apply it.",
        discussion: """
            From the newest logs_backup_YYYYMMDD beside the log directory. Nothing that is there is overwritten or
            deleted, and the backup stays. It can be interrupted and run again at any time.

            With --json: {directory, applied, backups, restored_bytes, restored, present, conflicts}.

              hantu logs rollback
              hantu logs rollback --apply
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Do it. Without this nothing is changed.")
    var apply = false

    func run() throws {
        let session = try common.session()
        let directory = session.configuration.files.directory
        let restoration = try session.attempt {
            var restoration = try Restoration(directory: directory)
            guard !restoration.backups.isEmpty else {
                throw Migration.Obstacle(text: "\(directory) 옆에 logs_backup_YYYYMMDD 백업이 없습니다")
            }
            try restoration.run(applying: apply, faults: session.faults)
            return restoration
        }
        let report = RestorationReport(restoration: restoration, isApplied: apply)
        let output = Output()
        output.append { out in
            if common.json {
                report.appendJSON(to: &out)
            } else if !apply {
                report.append(to: &out, style: session.style)
            }
        }
        output.flush()
        report.sayProblems()
        guard apply else { return Report.information("계획일 뿐입니다. 실행하려면 --apply를 붙이세요") }
        guard restoration.conflicts.isEmpty else { throw ExitCode(1) }
        let count = restoration.restored.count
        if count > 0 {
            Report.success("\(count)개를 되돌렸습니다 (\(StatusView.bytes(restoration.bytes)))")
        } else {
            Report.success("백업의 파일이 모두 그대로 있어 되돌릴 것이 없습니다")
        }
    }
}
