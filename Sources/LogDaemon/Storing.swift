import LogConfiguration
import LogModel
import LogSinks
import LogSpool
import LogStore
import Logging

/// The error store, and what brings records there and takes old ones out.
final class Storing: Sendable {
    let delivery: Delivery
    private let sink: StoreSink
    private let retention: StoreRetention

    init(
        _ configuration: Configuration, from spool: Spool, zone: ZoneRules, clock: any Clock,
        faults: FaultPoints, events: PartEvents, timings: Timings
    ) {
        // The configuration was checked: the URL is one that is known.
        let location =
            (try? StoreLocation(url: configuration.store.url, spoolDirectory: configuration.spool.directory))
            ?? .embedded(path: configuration.spool.directory + "/errors.db")
        // Two threads: a database that hangs must not keep anybody from asking how its delivery stands.
        sink = StoreSink(
            store: location.store(
                access: .own, migrates: configuration.store.migrate, zone: zone, clock: clock,
                report: { events.store($0) }, reach: { faults.reach(FaultPoint($0)) }),
            executor: ThreadExecutor(name: "error store"), settings: configuration.store)
        delivery = Delivery(
            TimedSink(sink, clock: clock, histogram: timings.storeDeliveries), from: spool, output: .store,
            settings: DeliverySettings(configuration.store), clock: clock,
            executor: ThreadExecutor(name: "store delivery"), faults: faults,
            tell: { events.delivery("store", $0) })
        retention = StoreRetention(sink, age: configuration.store.retention, clock: clock) {
            events.storeRetention($0)
        }
    }

    /// Of these fingerprints those that somebody had resolved before; waits for the store's turn.
    @Sendable func resolvedBefore(_ fingerprints: Set<String>) async throws -> Set<String> {
        try await sink.resolvedBefore(fingerprints)
    }

    /// Applies what a reload may change.
    func apply(_ configuration: StoreConfiguration) async {
        await delivery.change(DeliverySettings(configuration))
        await sink.change(configuration)
        retention.change(age: configuration.retention)
    }

    /// What isn't delivered by then is in the spool.
    func stop(within limit: Duration, log: Logger) async {
        retention.stop()
        let outcome = await delivery.stop(within: limit)
        if outcome != .drained { log.notice("records stay in the spool: \(outcome)") }
    }
}

extension FaultPoint {
    /// The point of a store's step.
    fileprivate init(_ step: PostgresStore.Step) {
        switch step {
        case .migrated: self = .storeMigrated
        case .batchSent: self = .storeBatchSent
        case .partWritten: self = .storePartWritten
        }
    }
}
