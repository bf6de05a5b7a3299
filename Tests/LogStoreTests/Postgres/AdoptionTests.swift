import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogStore

/// An existing table is added to, never replaced, and those who used it before notice nothing.
struct AdoptionTests {
    private let server: PostgresServer
    private let url: String
    private let schema: String
    private let events = Events()
    private let clock = ManualClock(seconds: 1_769_916_896)
    private let seoul: ZoneRules

    init() throws {
        server = try PostgresServer.shared()
        (url, schema) = try server.newSchema()
        seoul = try ZoneRules.fixed(9 * 3600)
    }

    private func store(migrates: Bool = true, access: PostgresStore.Access = .own) throws -> PostgresStore {
        PostgresStore(
            url: try StoreURL(url), access: access, migrates: migrates, zone: seoul, clock: clock,
            report: { [events] in events.append($0) })
    }

    private func adopt(_ statements: String = OldErrorTable.statements + OldErrorTable.rows) throws {
        try server.query(statements, in: schema)
    }

    @discardableResult
    private func query(_ sql: String) throws -> String { try server.query(sql, in: schema) }

    private func misfit(_ store: PostgresStore) -> String? {
        do throws(StoreError) { try store.prepare() } catch {
            if case .misconfigured(let reason) = error { return reason }
        }
        return nil
    }

    @Test func theTableIsTheContracts() throws {
        try store().prepare()
        let columns = try query(
            """
            SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = '\(schema)' AND table_name = 'error_logs'
            """)
        #expect(
            columns == """
                id event_id timestamp trace_id level service module function message error_type stack_trace \
                context logger line fingerprint host pid created_at resolved resolution_note
                """)
        #expect(try query("SELECT max(version) FROM hantu_migrations") == "1")
        let indexes = try query(
            "SELECT count(*) FROM pg_indexes WHERE schemaname = '\(schema)' AND tablename = 'error_logs'")
        // The six of the contract, the primary key's, and the one that finds what was resolved.
        #expect(indexes == "8")
    }

    @Test func whatIsMissingIsAddedAndWhatIsThereStays() throws {
        try adopt()
        let before = try query(
            "SELECT id, timestamp, level, service, message, context, resolved FROM error_logs ORDER BY id")
        try store().prepare()
        #expect(
            try query(
                "SELECT id, timestamp, level, service, message, context, resolved FROM error_logs ORDER BY id"
            )
                == before)
        let types = try query(
            """
            SELECT string_agg(column_name || ' ' || data_type || coalesce(character_maximum_length::text, ''), ','
                ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = '\(schema)' AND table_name = 'error_logs'
            """)
        #expect(
            types == """
                id integer,timestamp timestamp without time zone,level character varying20,\
                service character varying50,module character varying100,function character varying100,\
                message text,error_type character varying100,stack_trace text,context text,\
                resolved timestamp without time zone,resolution_note text,event_id uuid,trace_id text,\
                logger text,line bigint,fingerprint text,host text,pid integer,\
                created_at timestamp with time zone
                """)
        // Nobody knows when the old rows were written.
        #expect(try query("SELECT count(*) FROM error_logs WHERE created_at IS NULL") == "3")
        // An index that is there already isn't made again.
        #expect(
            try query(
                "SELECT count(*) FROM pg_indexes WHERE schemaname = '\(schema)' AND indexdef LIKE '%(\"timestamp\")'"
            )
                == "1")
    }

    @Test func adoptingTwiceChangesNothing() throws {
        try adopt()
        try store().prepare()
        let before = try query("SELECT xmin, ctid, * FROM error_logs ORDER BY id")
        try store().prepare()
        #expect(try query("SELECT xmin, ctid, * FROM error_logs ORDER BY id") == before)
        #expect(
            events.all.filter { if case .migrated = $0 { true } else { false } }.count == 1)
    }

    @Test func timesAreLocalWhereTheColumnHasNoZone() throws {
        try adopt()
        let store = try store()
        _ = try store.insert([ErrorStoreContract.sample(1)])
        let row = try store.records(matching: StoreQuery()).last
        #expect(row?.record == ErrorStoreContract.sample(1))
        _ = try store.resolve([row?.row ?? 0], note: "고침")
        #expect(
            try query("SELECT timestamp, resolved FROM error_logs WHERE event_id IS NOT NULL")
                == "2026-02-01 12:34:57.123456|2026-02-01 12:34:56")
    }

    @Test func theOldReadersQueriesGoOnWorking() throws {
        try adopt()
        let store = try store()
        _ = try store.insert([ErrorStoreContract.sample(1)])
        // As it stands in the services, in the session's local time.
        #expect(
            try query(
                """
                SET TIME ZONE 'Asia/Seoul'; SELECT service, message FROM error_logs
                WHERE resolved IS NULL AND timestamp > timestamp '2026-02-01 12:40:00' - INTERVAL '30 minutes'
                """) == "scheduler|주문 실행 실패 1")
        #expect(try query("SELECT context::json->>'n' FROM error_logs WHERE event_id IS NOT NULL") == "1")
        try query(
            "INSERT INTO error_logs (timestamp, level, service, message) VALUES (now(), 'ERROR', 'old', 'x')")
        #expect(try query("SELECT created_at IS NOT NULL FROM error_logs WHERE service = 'old'") == "t")
    }

    @Test func oldRowsAreReadAsWellAsTheyCanBe() throws {
        try adopt()
        let rows = try store().records(matching: StoreQuery())
        #expect(rows.map(\.row) == [1, 2, 3])
        #expect(
            rows[0].record.timestamp
                == Timestamp(seconds: 1_762_128_001, nanoseconds: 500_000_000, precision: 3))
        #expect(rows[0].record.context == #"{"stock": "005930"}"#)
        #expect(rows[1].resolved == Timestamp(seconds: 1_762_131_600))
        #expect(rows[1].resolutionNote == "재시작")
        #expect(rows[2].record.context == "{'a': 1}")
        #expect(rows.allSatisfy { $0.record.id == nil && $0.createdAt == nil })
    }

    @Test func valuesAreCutToTheColumnsLengthAndCounted() throws {
        try adopt()
        var record = ErrorStoreContract.sample(1)
        record.service = String(repeating: "가", count: 51)
        record.errorType = String(repeating: "e", count: 500)
        record.module = String(repeating: "👩", count: 100)
        _ = try store().insert([record])
        #expect(
            try query(
                """
                SELECT char_length(service), char_length(error_type), char_length(module)
                FROM error_logs WHERE event_id IS NOT NULL
                """) == "50|100|100")
        #expect(events.all.contains(.cut(values: 2)))
    }

    @Test func oldRowsAreDeletedByTheirOwnTime() throws {
        try adopt()
        let store = try store()
        try store.prepare()
        clock.step(to: 1_762_128_000)
        _ = try store.insert([ErrorStoreContract.sample(1)])
        #expect(try store.delete(before: Timestamp(seconds: 1_762_200_000), limit: 100) == 2)
        #expect(try query("SELECT count(*) FROM error_logs") == "2")
    }

    @Test(arguments: [
        (
            "ALTER TABLE error_logs ALTER COLUMN message TYPE bytea USING message::bytea",
            "message has the type bytea"
        ),
        ("ALTER TABLE error_logs ALTER COLUMN timestamp TYPE date", "timestamp has the type date"),
        ("ALTER TABLE error_logs ADD COLUMN event_id integer", "event_id has the type integer"),
        (
            "ALTER TABLE error_logs ADD COLUMN desk text NOT NULL DEFAULT ''; ALTER TABLE error_logs ALTER COLUMN desk DROP DEFAULT",
            "desk is NOT NULL"
        ),
        ("ALTER TABLE error_logs ALTER COLUMN id DROP DEFAULT", "id is NOT NULL"),
        ("ALTER TABLE error_logs DROP COLUMN timestamp", "no column timestamp"),
        ("DROP TABLE error_logs; CREATE VIEW error_logs AS SELECT 1 AS id", "it is a view"),
    ])
    func aTableThatCannotBeAdoptedIsAClearError(_ change: String, _ reason: String) throws {
        try adopt()
        try query(change)
        let told = misfit(try store())
        #expect(told?.contains(reason) == true, "\(told ?? "nothing")")
    }

    @Test func withoutTheRightToAlterItIsAClearError() throws {
        try adopt()
        try query(
            "CREATE ROLE \(schema)_reader LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(schema)_reader; GRANT SELECT, INSERT ON error_logs TO \(schema)_reader"
        )
        let theirs = url.replacing("hantu@", with: "\(schema)_reader@")
        let store = PostgresStore(url: try StoreURL(theirs), access: .own, zone: seoul, clock: clock)
        #expect(misfit(store) == "must be owner of table error_logs (SQLSTATE 42501)")
    }

    @Test func aCompleteTableNeedsNoRightToAlter() throws {
        try store().prepare()
        try query(
            "DROP TABLE hantu_migrations; CREATE ROLE \(schema)_writer LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(schema)_writer; GRANT SELECT, INSERT ON error_logs TO \(schema)_writer"
        )
        let theirs = url.replacing("hantu@", with: "\(schema)_writer@")
        let store = PostgresStore(url: try StoreURL(theirs), access: .own, zone: seoul, clock: clock)
        #expect(try store.insert([ErrorStoreContract.sample(1)]) == InsertCount(new: 1, duplicate: 0))
    }

    @Test func withoutMigrationTheTableIsOnlyChecked() throws {
        try adopt()
        let told = misfit(try store(migrates: false))
        #expect(told?.contains("missing: the column event_id, the column trace_id") == true, "\(told ?? "")")
        #expect(told?.contains("store.migrate is false") == true)
        #expect(
            try query("SELECT count(*) FROM information_schema.columns WHERE table_schema = '\(schema)'")
                == "12")
        try store().prepare()
        try query("DROP INDEX error_logs_trace_id")
        let checking = try store(migrates: false)
        #expect(try checking.insert([ErrorStoreContract.sample(1)]) == InsertCount(new: 1, duplicate: 0))
        #expect(
            events.all.contains(
                .incomplete("error_logs: missing: an index on trace_id; store.migrate is false")))
    }

    @Test func aNewerVersionIsLeftAlone() throws {
        try store().prepare()
        try query("INSERT INTO hantu_migrations VALUES (99)")
        #expect(misfit(try store())?.contains("newer version (schema 99)") == true)
    }

    @Test func readersWorkBeforeAnythingIsAdopted() throws {
        #expect(throws: StoreError.absent("Postgres (error_logs)")) { try store(access: .read).count() }
        try adopt()
        let reader = try store(access: .read)
        #expect(try reader.records(matching: StoreQuery()).count == 3)
        #expect(
            try reader.statistics(since: nil, by: .service, zone: seoul).map(\.key) == [
                "scheduler", "api-server",
            ])
        #expect(
            try query("SELECT count(*) FROM information_schema.columns WHERE table_schema = '\(schema)'")
                == "12")
    }
}
