import GRDB
import LogModel
import LogTesting
import Testing

@testable import LogStore

/// The way from the embedded store to Postgres, which may be gone as often as one likes.
struct StoreTransferTests {
    private let directory: TemporaryDirectory
    private let source: EmbeddedStore
    private let target: PostgresStore
    private let server: PostgresServer
    private let schema: String

    init() throws {
        directory = try TemporaryDirectory()
        server = try PostgresServer.shared()
        let made = try server.newSchema()
        schema = made.schema
        let clock = ManualClock(seconds: 1_769_916_896)
        source = EmbeddedStore(path: directory.file("errors.db"), access: .own, clock: clock)
        target = PostgresStore(url: try StoreURL(made.url), access: .own, zone: .utc, clock: clock)
    }

    @Test func everythingIsMovedOnceWithItsResolutionAndTimes() throws {
        _ = try source.insert((0..<1234).map { ErrorStoreContract.sample($0) })
        _ = try source.resolve([1, 1000], note: "고침")
        let transfer = StoreTransfer(from: source, to: target)
        #expect(try transfer.waiting() == 1234)
        #expect(try transfer.run() == StoreTransfer.Count(moved: 1234))
        #expect(try target.records(matching: StoreQuery()) == source.records(matching: StoreQuery()))
        #expect(try transfer.run() == StoreTransfer.Count(present: 1234))
        _ = try source.insert([ErrorStoreContract.sample(5000)])
        #expect(try transfer.run(batch: 100) == StoreTransfer.Count(moved: 1, present: 1234))
    }

    @Test func rowsWithoutAnIdentityGetTheSameOneEachTime() throws {
        try source.prepare()
        try source.withDatabase(writing: true) {
            try $0.execute(
                sql: """
                    INSERT INTO error_logs (timestamp, level, service, message) VALUES
                    ('2026-01-01 00:00:00.000000', 'ERROR', 's', 'm'), ('2026-01-01 00:00:00.000000', 'ERROR', 's', 'm')
                    """)
        }
        let transfer = StoreTransfer(from: source, to: target)
        #expect(try transfer.run() == StoreTransfer.Count(moved: 2))
        #expect(try transfer.run() == StoreTransfer.Count(present: 2))
        let identities = try target.records(matching: StoreQuery()).compactMap(\.record.id?.description)
        #expect(Set(identities).count == 2)
        for identity in identities {
            #expect(identity.dropFirst(14).first == "8")
            #expect("89ab".contains(identity.dropFirst(19).first ?? "x"))
        }
    }

    @Test func whatTheDatabaseRefusesIsNamedAndTheRestGoes() throws {
        _ = try source.insert((0..<20).map { ErrorStoreContract.sample($0) })
        try target.prepare()
        try server.query("ALTER TABLE error_logs ADD CHECK (message NOT LIKE '%7')", in: schema)
        let count = try StoreTransfer(from: source, to: target).run()
        #expect(count.moved == 18)
        #expect(count.refused.keys.sorted() == [8, 18])
        let again = try StoreTransfer(from: source, to: target).run()
        #expect((again.moved, again.present, again.refused.count) == (0, 18, 2))
    }

    @Test func withoutAnEmbeddedStoreThereIsNothingToDo() throws {
        let nothing = EmbeddedStore(path: directory.file("none.db"), access: .read, clock: ManualClock())
        let transfer = StoreTransfer(from: nothing, to: target)
        #expect(try transfer.waiting() == 0)
        #expect(try transfer.run() == StoreTransfer.Count())
    }

    @Test func aPlanChangesNothing() throws {
        let fresh = try target.plan()
        #expect(!fresh.exists && fresh.missing == ["the table error_logs"])
        #expect(try server.query("SELECT count(*) FROM pg_tables WHERE schemaname = '\(schema)'") == "0")
        try server.query(OldErrorTable.statements, in: schema)
        let adopting = try target.plan()
        #expect(adopting.exists && adopting.missing.first == "the column event_id")
        try target.prepare()
        #expect(try target.plan() == StorePlan(exists: true, missing: [], statements: [], unusable: []))
    }
}
