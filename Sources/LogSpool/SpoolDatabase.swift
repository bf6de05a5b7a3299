internal import GRDB
internal import Glibc

/// The open database file: makes or checks it, and runs transactions.
struct SpoolDatabase {
    /// What a database is opened for.
    enum Purpose {
        case spool
        /// To be read, however damaged.
        case salvage
        /// To be filled, and renamed as a whole.
        case replacement
    }

    private let queue: DatabaseQueue
    private let files: SegmentFiles?
    /// Whether the tables had to be made.
    let isNew: Bool

    /// Opens the database, or makes it; throws `SpoolFault`. For salvage it is taken as it is.
    init(path: String, for purpose: Purpose = .spool) throws {
        let forSalvage = purpose == .salvage
        files = purpose == .replacement ? nil : SegmentFiles(besides: path)
        try SpoolDatabase.touch(path)
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        configuration.foreignKeysEnabled = false
        configuration.label = "spool"
        configuration.prepareDatabase { db in
            for pragma in forSalvage ? SpoolFormat.salvagePragmas : SpoolFormat.pragmas {
                try db.execute(sql: "PRAGMA \(pragma.name) = \(pragma.value)")
            }
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            isNew = forSalvage ? false : try queue.writeWithoutTransaction(SpoolDatabase.settle)
        } catch {
            throw SpoolFault(error)
        }
    }

    /// One durable commit.
    func write<Result>(_ body: (SpoolRows) throws -> Result) throws -> Result {
        do {
            let result = try queue.writeWithoutTransaction { db in
                try SpoolDatabase.inTransaction(db) {
                    let result = try body(SpoolRows(db: db, files: files))
                    try files?.sync()
                    return result
                }
            }
            files?.committed()
            return result
        } catch {
            files?.rolledBack()
            throw error
        }
    }

    /// As GRDB's own, but for its statements, which are parsed once and not each time.
    private static func inTransaction<Result>(_ db: Database, _ body: () throws -> Result) throws -> Result {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            let result = try body()
            try db.cachedStatement(sql: "COMMIT").execute()
            return result
        } catch {
            // Where the disk is full or fails SQLite has rolled back by itself, and says that there is nothing to do;
            // anything else shows at the next BEGIN.
            try? db.rollback()
            throw error
        }
    }

    /// Goes on with the segments' files that the ledger knows; others are removed.
    func takeOver(_ files: some Collection<Int64>) { self.files?.takeOver(files) }

    /// Gives back the room of files in which a commit left no segment.
    func release(from before: Ledger, to ledger: Ledger) {
        files?.keep(ledger.files.keys, among: before.files.keys)
    }

    func read<Result>(_ body: (SpoolRows) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { db in try body(SpoolRows(db: db, files: files)) }
    }

    /// Gives the file's free pages back, when it has many and there is next to nothing to keep.
    func shrink() throws {
        try queue.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard free * SpoolFormat.pageSize > 67_108_864 else { return }
            try db.execute(sql: "VACUUM")
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Copies the whole log into the database, and closes both.
    func settleAndClose() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
    }

    func close() throws { try queue.close() }

    /// Makes the file, so that its mode is right from the start (SQLite gives the WAL the same).
    private static func touch(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            if errno == ENOSPC || errno == EDQUOT { throw SpoolFault.full }
            throw SpoolFault.failed(code: 0, message: "\(path): \(String(cString: strerror(errno)))")
        }
        Glibc.close(descriptor)
    }

    /// Makes the tables in an empty file, or checks that they are ours; true where they were made.
    private static func settle(_ db: Database) throws -> Bool {
        for (name, expected) in [("synchronous", "2"), ("journal_mode", "wal")] {
            let found = try String.fetchOne(db, sql: "PRAGMA \(name)") ?? "nothing"
            guard found == expected else {
                throw SpoolFault.failed(code: 0, message: "\(name) is \(found) and not \(expected)")
            }
        }
        let version = try migrated(db)
        let found = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master")
        if found.isEmpty && version == 0 {
            try db.inTransaction(.immediate) {
                for table in SpoolFormat.tables.values { try db.execute(sql: table) }
                try db.execute(sql: "PRAGMA application_id = \(SpoolFormat.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(SpoolFormat.version)")
                try SpoolRows(db: db, files: nil).save(Ledger())
                return .commit
            }
            return true
        }
        guard version == SpoolFormat.version else {
            throw SpoolFault.damaged("its format is \(version), and not \(SpoolFormat.version)")
        }
        guard try Int64.fetchOne(db, sql: "PRAGMA application_id") == SpoolFormat.applicationID,
            found.count == SpoolFormat.tables.count,
            found.allSatisfy({ row in
                guard let name = String.fromDatabaseValue(row[0]) else { return false }
                return SpoolFormat.tables[name] == String.fromDatabaseValue(row[1])
            })
        else { throw SpoolFault.damaged("its tables are not a spool's") }
        return false
    }

    /// Brings an older format up to this one, in one commit; returns the version that it has then.
    private static func migrated(_ db: Database) throws -> Int64 {
        var version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard SpoolFormat.migrations[version] != nil,
            try Int64.fetchOne(db, sql: "PRAGMA application_id") == SpoolFormat.applicationID
        else { return version }
        try db.inTransaction(.immediate) {
            while let steps = SpoolFormat.migrations[version] {
                for step in steps { try db.execute(sql: step) }
                version += 1
            }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
        return version
    }
}
