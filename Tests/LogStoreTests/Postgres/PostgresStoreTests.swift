import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogStore

/// What is particular to Postgres: rows that it refuses, values that it can't hold, connections that end.
struct PostgresStoreTests {
    private let server: PostgresServer
    private let url: String
    private let schema: String
    private let clock = ManualClock(seconds: 1_769_916_896)

    init() throws {
        server = try PostgresServer.shared()
        (url, schema) = try server.newSchema()
    }

    private func store(_ reach: @escaping @Sendable (PostgresStore.Step) -> Void = { _ in }) throws
        -> PostgresStore
    {
        PostgresStore(url: try StoreURL(url), access: .own, zone: .utc, clock: clock, reach: reach)
    }

    private func samples(_ numbers: Range<Int>) -> [LogRecord] {
        numbers.map { ErrorStoreContract.sample($0) }
    }

    @discardableResult
    private func query(_ sql: String) throws -> String { try server.query(sql, in: schema) }

    private func rejections(_ store: PostgresStore, _ records: [LogRecord]) throws -> [Int: String] {
        do throws(StoreError) { _ = try store.insert(records) } catch {
            guard case .rejected(let rows) = error else { throw error }
            return rows
        }
        return [:]
    }

    @Test func aBadRowAmongAThousandIsRefusedAlone() throws {
        let rounds = Mutex(0)
        let store = try store { step in if step == .batchSent { rounds.withLock { $0 += 1 } } }
        try store.prepare()
        try query("ALTER TABLE error_logs ADD CONSTRAINT no_sevens CHECK (message NOT LIKE '% 777')")
        let refused = try rejections(store, samples(0..<1000))
        #expect(
            refused == [
                777:
                    #"new row for relation "error_logs" violates check constraint "no_sevens" (SQLSTATE 23514)"#
            ])
        #expect(try query("SELECT count(*), count(DISTINCT event_id) FROM error_logs") == "999|999")
        #expect(rounds.withLock { $0 } <= 22)
        #expect(try rejections(store, samples(0..<1000)).keys.sorted() == [777])
        #expect(try store.count() == 999)
    }

    @Test func whatATriggerRefusesIsTheRowsFault() throws {
        let store = try store()
        try store.prepare()
        try query(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.line = 42 AND NEW.message LIKE '% 3' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON error_logs FOR EACH ROW EXECUTE FUNCTION refuse()
            """)
        #expect(try rejections(store, samples(0..<10)) == [3: "not this one (SQLSTATE P0001)"])
    }

    @Test func aNumberThatJSONBCannotHoldIsKeptAsText() throws {
        let store = try store()
        var record = ErrorStoreContract.sample(1)
        record.context = #"{"x":1e999999}"#
        #expect(
            try store.insert([record, ErrorStoreContract.sample(2)]) == InsertCount(new: 2, duplicate: 0))
        #expect(
            try query("SELECT context->>'context' FROM error_logs ORDER BY id LIMIT 1") == #"{"x":1e999999}"#)
    }

    @Test func aServiceThatNoIndexTakesIsRefusedAlone() throws {
        let store = try store()
        var generator = LogTesting.SeededGenerator(seed: 7)
        var record = ErrorStoreContract.sample(1)
        // Nothing to compress.
        record.service = (0..<5000).map { _ in
            String(Unicode.Scalar(UInt32.random(in: 0xAC00...0xD7A3, using: &generator))!)
        }.joined()
        let refused = try rejections(store, [record, ErrorStoreContract.sample(2)])
        #expect(refused[0]?.contains("index row") == true)
        #expect(try store.count() == 1)
    }

    @Test func aConnectionThatWasEndedIsMadeAnew() throws {
        let store = try store()
        _ = try store.insert(samples(0..<1))
        let process = try store.ask(PostgresStatement("SELECT pg_backend_pid()")).rows[0][0] ?? ""
        try query("SELECT pg_terminate_backend(\(process), 10000)")
        #expect {
            _ = try store.insert(samples(1..<2))
        } throws: { error in
            if case .unreachable = error as? StoreError { true } else { false }
        }
        #expect(try store.insert(samples(1..<2)) == InsertCount(new: 1, duplicate: 0))
    }

    @Test func aStatementThatTakesTooLongIsEndedByTheServer() throws {
        var patience = PostgresPatience()
        patience.statement = .milliseconds(200)
        let store = PostgresStore(
            url: try StoreURL(url), access: .own, zone: .utc, clock: clock, patience: patience)
        let process = try store.ask(PostgresStatement("SELECT pg_backend_pid()")).rows[0][0]
        #expect {
            _ = try store.ask(PostgresStatement("SELECT pg_sleep(60)"))
        } throws: { error in
            guard case .unreachable(let reason) = error as? StoreError else { return false }
            return reason.contains("statement timeout (SQLSTATE 57014)")
        }
        // The connection is as good as before, and the limit is each statement's own.
        #expect(try store.ask(PostgresStatement("SELECT pg_backend_pid()")).rows[0][0] == process)
        #expect(try store.insert(samples(0..<3)) == InsertCount(new: 3, duplicate: 0))
    }

    @Test func nothingOfTheSessionIsChangedForOthers() throws {
        let store = try store()
        _ = try store.insert(samples(0..<1))
        let settings = try store.ask(
            PostgresStatement(
                "SELECT current_setting('statement_timeout'), reset_val FROM pg_settings WHERE name = 'statement_timeout'"
            ))
        // In force within the transaction only.
        #expect(settings.rows == [["10s", "0"]])
    }

    @Test func theServersDateStyleAndZoneDoNotMatter() throws {
        let strange =
            url
            + "%20-cDateStyle%3DSQL,DMY%20-cTimeZone%3DAsia/Kathmandu%20-cstandard_conforming_strings%3Doff"
        let store = PostgresStore(url: try StoreURL(strange), access: .own, zone: .utc, clock: clock)
        _ = try store.insert(samples(0..<300))
        #expect(try store.records(matching: StoreQuery()).map(\.record) == samples(0..<300))
        var query = StoreQuery()
        query.since = ErrorStoreContract.sample(298).timestamp
        #expect(try store.records(matching: query).count == 2)
    }

    @Test func whatIsOpenedForReadingDoesNotWrite() throws {
        try store().prepare()
        let reader = PostgresStore(url: try StoreURL(url), access: .read, zone: .utc, clock: clock)
        #expect(throws: StoreError.misconfigured("the store was opened for reading only")) {
            _ = try reader.insert(samples(0..<1))
        }
        #expect(throws: StoreError.misconfigured("the store was opened for reading only")) {
            _ = try reader.resolve([1], note: nil)
        }
    }

    @Test(arguments: [
        ("hantu@", "nobody_known@", "28000"), ("/postgres", "/nothing_there", "3D000"),
    ])
    func whatAnOperatorMustMendIsTold(_ part: String, _ other: String, _ state: String) throws {
        let wrong = url.replacing(part, with: other)
        let store = PostgresStore(url: try StoreURL(wrong), access: .own, zone: .utc, clock: clock)
        #expect {
            try store.prepare()
        } throws: { error in
            guard case .misconfigured(let reason) = error as? StoreError else { return false }
            return reason.contains(state)
        }
    }

    @Test func rowsOfAnotherStoreAreMovedAsTheyAre() throws {
        let store = try store()
        let moved = [
            StoredRecord(
                row: 17, record: ErrorStoreContract.sample(1),
                createdAt: Timestamp(seconds: 1_760_000_000, nanoseconds: 5000, precision: 6),
                resolved: Timestamp(seconds: 1_760_000_100), resolutionNote: "고침"),
            StoredRecord(
                row: 18, record: ErrorStoreContract.sample(2), createdAt: Timestamp(seconds: 1_760_000_001)),
        ]
        #expect(try store.insert(moved: moved).count == InsertCount(new: 2, duplicate: 0))
        #expect(try store.insert(moved: moved).count == InsertCount(new: 0, duplicate: 2))
        let there = try store.records(matching: StoreQuery()).map { row in
            var row = row
            row.row += 16
            return row
        }
        #expect(there == moved)
    }
}
