import LogModel
import LogStore
import LogTesting
import Testing

/// Postgres keeps the same promises as the embedded store, in a table of its own and in an adopted one.
@Suite(.serialized) struct PostgresStoreContractTests {
    private let server: PostgresServer

    init() throws { server = try PostgresServer.shared() }

    private func run(_ check: ErrorStoreContract.Check, at url: String, zone: ZoneRules = .utc) throws {
        let clock = ManualClock()
        let store = PostgresStore(url: try StoreURL(url), access: .own, zone: zone, clock: clock)
        defer { store.close() }
        try check.run(store, clock)
    }

    @Test(arguments: ErrorStoreContract.checks)
    func aTableOfItsOwnKeepsTheContract(_ check: ErrorStoreContract.Check) throws {
        try run(check, at: server.newSchema().url)
    }

    /// Local time, far from UTC, in columns without a zone; contexts as text.
    @Test(arguments: ErrorStoreContract.checks)
    func anAdoptedTableKeepsTheContract(_ check: ErrorStoreContract.Check) throws {
        let (url, schema) = try server.newSchema()
        try server.query(OldErrorTable.statements, in: schema)
        try run(check, at: url, zone: try ZoneRules.fixed(9 * 3600))
    }
}
