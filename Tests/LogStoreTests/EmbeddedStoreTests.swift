import GRDB
import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogStore

/// What is particular to the embedded store: durability, other processes, rows of another make.
struct EmbeddedStoreTests {
    private let directory: TemporaryDirectory
    private let clock = ManualClock(seconds: 1_769_916_896)

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.file("errors.db") }
    private func open(_ access: EmbeddedStore.Access, at path: String? = nil) -> EmbeddedStore {
        EmbeddedStore(path: path ?? self.path, access: access, clock: clock)
    }
    private func samples(_ numbers: Range<Int>) -> [LogRecord] {
        numbers.map { ErrorStoreContract.sample($0) }
    }

    @Test func everyCommitIsSynced() throws {
        let store = open(.own)
        let (mode, synchronous) = try store.withDatabase {
            (
                try String.fetchOne($0, sql: "PRAGMA journal_mode"),
                try Int.fetchOne($0, sql: "PRAGMA synchronous")
            )
        }
        #expect(mode == "wal")
        #expect(synchronous == 2)
    }

    @Test func theTableIsTheContracts() throws {
        try open(.own).prepare()
        let database = try DatabaseQueue(path: path)
        let columns = try database.read { try $0.columns(in: "error_logs").map(\.name) }
        #expect(
            columns == [
                "id", "event_id", "timestamp", "trace_id", "level", "service", "module", "function",
                "message", "error_type", "stack_trace", "context", "logger", "line", "fingerprint", "host",
                "pid", "created_at", "resolved", "resolution_note",
            ])
        let indexed = try database.read { try $0.indexes(on: "error_logs").map(\.columns) }
        for columns in [["timestamp"], ["service", "level", "timestamp"], ["trace_id"], ["fingerprint"]] {
            #expect(indexed.contains(columns))
        }
    }

    @Test func timesCompareWithSQLitesOwn() throws {
        let store = open(.own)
        var record = ErrorStoreContract.sample(1)
        record.timestamp = Timestamp(seconds: 1_769_916_896, nanoseconds: 5000, precision: 6)
        _ = try store.insert([record])
        let row = try store.withDatabase {
            try Row.fetchOne(
                $0,
                sql: """
                    SELECT timestamp, created_at, strftime('%s', timestamp),
                    timestamp > datetime('2026-02-01 03:34:55'), timestamp > datetime('2026-02-01 03:34:57')
                    FROM error_logs
                    """)
        }
        #expect(row?[0] == "2026-02-01 03:34:56.000005")
        #expect(row?[1] == "2026-02-01 03:34:56.000000")
        #expect(row?[2] == "1769916896")
        #expect(row?[3] == true)
        #expect(row?[4] == false)
    }

    @Test func timesOutsideTheCalendarAreItsEnds() throws {
        let store = open(.own)
        var records = samples(0..<2)
        records[0].timestamp = Timestamp(seconds: .max)
        records[1].timestamp = Timestamp(seconds: .min)
        _ = try store.insert(records)
        #expect(
            try store.records(matching: StoreQuery()).map(\.record.timestamp.seconds) == [
                -62_167_219_200, 253_402_300_799,
            ])
    }

    @Test func aRowThatTheDatabaseRejectsIsNamedAndAllOthersAreIn() throws {
        let store = open(.own)
        try store.prepare()
        try store.withDatabase(writing: true) {
            try $0.execute(
                sql: """
                    CREATE TRIGGER no_seven BEFORE INSERT ON error_logs WHEN NEW.message LIKE '% 7'
                    BEGIN SELECT RAISE(ABORT, 'no sevens'); END
                    """)
        }
        #expect(throws: StoreError.rejected([7: "no sevens (SQLite code 1811)"])) {
            _ = try store.insert(samples(0..<10))
        }
        #expect(
            try store.records(matching: StoreQuery()).map(\.record.message)
                == samples(0..<10).map(\.message).filter { !$0.hasSuffix(" 7") })
    }

    @Test func whatWasWrittenSurvivesAKill() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<50))
        // The files as a killed process leaves them.
        let image = directory.file("image.db")
        for suffix in ["", "-wal"] { try write(read(path + suffix), to: image + suffix) }
        let restarted = open(.own, at: image)
        #expect(try restarted.insert(samples(40..<60)) == InsertCount(new: 10, duplicate: 10))
        #expect(try restarted.records(matching: StoreQuery()).map(\.record) == samples(0..<60))
    }

    @Test func aTransactionCutInTheMiddleOfTheLogIsGoneWhole() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<10))
        let log = read(path + "-wal").count
        _ = try store.insert(samples(10..<30))
        let image = directory.file("image.db")
        try write(read(path), to: image)
        try write(Array(read(path + "-wal")[..<(log + 5000)]), to: image + "-wal")
        #expect(try open(.own, at: image).records(matching: StoreQuery()).map(\.record) == samples(0..<10))
    }

    @Test func whatReadsFindsNoStoreWhereThereIsNone() throws {
        for access in [EmbeddedStore.Access.read, .change] {
            #expect(throws: StoreError.absent(path)) { try open(access).prepare() }
        }
        #expect(read(path).isEmpty)
    }

    @Test func aDatabaseWithoutTheTableIsNoStoreEither() throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE other (x)") }
        #expect(throws: StoreError.absent(path)) { _ = try open(.read).count() }
    }

    @Test func readingAtRestLeavesNoFilesBehind() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<3))
        store.close()
        let strange = directory.file("a?b#c%d é.db")
        try write(read(path), to: strange)
        for path in [path, strange] {
            let reader = open(.read, at: path)
            #expect(try reader.records(matching: StoreQuery()).map(\.record) == samples(0..<3))
            for suffix in ["-wal", "-shm"] { #expect(access(path + suffix, F_OK) != 0) }
        }
    }

    @Test func aReaderAtRestSeesWhatADaemonWritesAfterwards() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<3))
        store.close()
        let reader = open(.read)
        #expect(try reader.count() == 3)
        let restarted = open(.own)
        _ = try restarted.insert(samples(3..<5))
        #expect(try reader.count() == 5)
    }

    @Test func aReaderAmidAReadDoesNotHoldUpTheWriter() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<100))
        let reader = open(.read)
        var query = StoreQuery()
        let writes = Mutex(0)
        query.matches = { [clock, path] _ in
            // The reader stands in the middle of its rows; the writer must go on at once.
            let count = writes.withLock { count in
                count += 1
                return count
            }
            if count <= 5 {
                let written = try? store.insert([ErrorStoreContract.sample(1000 + count)])
                #expect(written == InsertCount(new: 1, duplicate: 0), "\(path) \(clock)")
            }
            return true
        }
        #expect(try reader.records(matching: query).count == 100)
        #expect(try reader.count() == 105)
    }

    @Test func anotherProcessMayResolveWhileTheDaemonWrites() throws {
        let store = open(.own)
        _ = try store.insert(samples(0..<3))
        let editor = open(.change)
        #expect(try editor.resolve([2], note: "done") == ChangeCount(changed: [2]))
        editor.close()
        _ = try store.insert(samples(3..<4))
        var query = StoreQuery()
        query.unresolvedOnly = true
        #expect(try store.records(matching: query).map(\.row) == [1, 3, 4])
    }

    @Test func whatIsOpenedForReadingDoesNotWrite() throws {
        try open(.own).prepare()
        #expect(throws: StoreError.misconfigured("\(path) was opened for reading only")) {
            _ = try open(.read).resolve([1], note: nil)
        }
    }

    @Test func aLockedStoreIsUnreachableAndWorksAfterwards() throws {
        let store = EmbeddedStore(path: path, access: .own, clock: clock, patience: 0.01)
        try store.prepare()
        let other = try DatabaseQueue(path: path)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN EXCLUSIVE")
            #expect {
                _ = try store.insert(samples(0..<1))
            } throws: { error in
                guard case .unreachable(let reason) = error as? StoreError else { return false }
                return reason.contains("database is locked")
            }
            try database.execute(sql: "COMMIT")
        }
        #expect(try store.insert(samples(0..<1)) == InsertCount(new: 1, duplicate: 0))
    }

    @Test func aStoreOfANewerVersionIsLeftAlone() throws {
        let store = open(.own)
        try store.prepare()
        store.close()
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO hantu_migrations VALUES (99, 'later')")
        }
        #expect {
            _ = try store.insert(samples(0..<1))
        } throws: { error in
            guard case .misconfigured(let reason) = error as? StoreError else { return false }
            return reason.contains("schema 99")
        }
    }

    @Test func aFullDiskIsUnreachable() throws {
        let store = open(.own)
        try store.prepare()
        try store.withDatabase(writing: true) {
            let pages = try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            try $0.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        #expect {
            _ = try store.insert(samples(0..<1000))
        } throws: { error in
            guard case .unreachable(let reason) = error as? StoreError else { return false }
            return reason.contains("disk is full")
        }
        // Nothing of the batch went in; opened anew the store has room again.
        #expect(try store.insert(samples(0..<1000)) == InsertCount(new: 1000, duplicate: 0))
    }

    @Test func valuesOfAnotherTypeAreReadAsWellAsTheyCanBe() throws {
        let store = open(.own)
        try store.prepare()
        try store.withDatabase(writing: true) {
            try $0.execute(
                sql: """
                    INSERT INTO error_logs (event_id, timestamp, level, service, message, line, pid, context)
                    VALUES (17, 'yesterday', 'LOUD', 5, x'FFC3A9', 'many', 1e300, 2.5)
                    """)
        }
        let record = try store.records(matching: StoreQuery()).first?.record
        #expect(
            record
                == LogRecord(
                    timestamp: Timestamp(seconds: 0), level: .error, service: "5", logger: "5",
                    message: "\u{FFFD}é", context: "2.5"))
    }
}
