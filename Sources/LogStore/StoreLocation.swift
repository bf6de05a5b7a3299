package import LogModel

/// Which database holds the error store (contract section 9, `store.url`).
package enum StoreLocation: Sendable, Equatable {
    /// `errors.db` beside the spool: what an empty URL means.
    case embedded(path: String)
    case postgres(StoreURL)

    /// Throws `StoreURL.Fault` where the URL is none that is known.
    package init(url: String, spoolDirectory: String) throws(StoreURL.Fault) {
        self = url.isEmpty ? .embedded(path: spoolDirectory + "/errors.db") : .postgres(try StoreURL(url))
    }

    /// The store at this place; nothing is opened yet.
    package func store(
        access: EmbeddedStore.Access, clock: any Clock,
        report: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) -> any ErrorStore {
        switch self {
        case .embedded(let path): EmbeddedStore(path: path, access: access, clock: clock, report: report)
        case .postgres(let url): UnsupportedStore(reason: "no support for Postgres yet (\(url))")
        }
    }
}

/// A store of a kind that this version can't speak to: as if it were unreachable, so that records wait.
struct UnsupportedStore: ErrorStore {
    let reason: String

    private var failure: StoreError { .unreachable(reason) }

    func prepare() throws(StoreError) { throw failure }
    func insert(_ records: [LogRecord]) throws(StoreError) -> InsertCount { throw failure }
    func records(matching query: StoreQuery) throws(StoreError) -> [StoredRecord] { throw failure }
    func find(_ reference: RecordReference) throws(StoreError) -> RecordLookup { throw failure }
    func resolve(_ rows: [Int64], note: String?) throws(StoreError) -> ChangeCount { throw failure }
    func reopen(_ rows: [Int64]) throws(StoreError) -> ChangeCount { throw failure }
    func statistics(
        since: Timestamp?, by grouping: StoreGrouping, zone: ZoneRules
    ) throws(StoreError) -> [StoreGroup] { throw failure }
    func delete(before: Timestamp, limit: Int) throws(StoreError) -> Int { throw failure }
    func count() throws(StoreError) -> Int { throw failure }
}
