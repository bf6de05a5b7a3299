import LogConfiguration
import LogModel
import LogSinks
import LogSpool
import LogStore
import Logging

/// The spool and what reads from it.
final class Spooling: Sendable {
    let writer: SpoolWriter
    private let spool: Spool
    private let sink: StoreSink
    private let store: Delivery
    private let retention: StoreRetention

    init(
        _ configuration: Configuration, zone: ZoneRules, clock: any Clock, environment: [String: String],
        progress: OutletProgress, events: PartEvents
    ) throws(SpoolError) {
        let faults = environment["HANTU_LOGD_FAULT"].flatMap { FaultPoints(killingAt: $0) } ?? .none
        let spool = try Spool(configuration.spool, outputs: .store, clock: clock, faults: faults)
        events.spoolOpened(spool.recovery)
        // Two threads: a database that hangs must not keep anybody from asking how its delivery stands.
        let executor = ThreadExecutor(name: "error store")
        let delivering = ThreadExecutor(name: "store delivery")
        // The configuration was checked: the URL is one that is known.
        let location =
            (try? StoreLocation(url: configuration.store.url, spoolDirectory: configuration.spool.directory))
            ?? .embedded(path: configuration.spool.directory + "/errors.db")
        let sink = StoreSink(
            store: location.store(
                access: .own, migrates: configuration.store.migrate, zone: zone, clock: clock,
                report: { events.store($0) }, reach: { faults.reach(FaultPoint($0)) }),
            executor: executor, settings: configuration.store)
        let store = Delivery(
            sink, from: spool, output: .store, settings: DeliverySettings(configuration.store), clock: clock,
            executor: delivering, faults: faults, tell: { events.delivery("store", $0) })
        var callbacks = SpoolWriter.Callbacks()
        callbacks.committed = { ticket in
            progress.spoolDone(through: UInt64(ticket))
            store.wake()
        }
        callbacks.hasRoom = { progress.madeRoom() }
        callbacks.failed = { events.spoolFailed($0) }
        callbacks.recovered = { events.spoolRecovered() }
        writer = SpoolWriter(spool, clock: clock, maximumBytes: 8 << 20, callbacks: callbacks)
        self.spool = spool
        self.sink = sink
        self.store = store
        retention = StoreRetention(sink, age: configuration.store.retention, clock: clock) {
            events.storeRetention($0)
        }
        store.wake()
    }

    /// Applies what a reload may change.
    func apply(_ configuration: StoreConfiguration) async {
        await store.change(DeliverySettings(configuration))
        await sink.change(configuration)
        retention.change(age: configuration.retention)
    }

    func stop(log: Logger) async {
        let writer = writer
        let left = await Detached.run { writer.stop() }
        let records = left.reduce(0) { $0 + $1.count }
        if records > 0 { log.critical("\(records) records couldn't be committed to the spool and are lost") }
        retention.stop()
        // What isn't delivered by then is in the spool.
        let outcome = await store.stop(within: .seconds(10))
        if outcome != .drained { log.notice("records stay in the spool: \(outcome)") }
        spool.close()
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
