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

    /// The store at this place; nothing is opened yet. `migrates`, `zone` and `reach` concern Postgres only.
    package func store(
        access: EmbeddedStore.Access, migrates: Bool = true, zone: ZoneRules, clock: any Clock,
        report: @escaping @Sendable (StoreEvent) -> Void = { _ in },
        reach: @escaping @Sendable (PostgresStore.Step) -> Void = { _ in }
    ) -> any ErrorStore {
        switch self {
        case .embedded(let path): EmbeddedStore(path: path, access: access, clock: clock, report: report)
        case .postgres(let url):
            PostgresStore(
                url: url, access: access, migrates: migrates, zone: zone, clock: clock, report: report,
                reach: reach)
        }
    }
}
