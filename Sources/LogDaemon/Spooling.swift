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
    private let store: Delivery
    private let retention: StoreRetention

    init(
        _ configuration: Configuration, clock: any Clock, environment: [String: String],
        progress: OutletProgress, events: PartEvents, timings: Timings
    ) throws(SpoolError) {
        let faults = environment["HANTU_LOGD_FAULT"].flatMap { FaultPoints(killingAt: $0) } ?? .none
        let spool = try Spool(configuration.spool, outputs: .store, clock: clock, faults: faults)
        events.spoolOpened(spool.recovery)
        let executor = ThreadExecutor(name: "error store")
        // The configuration was checked: the URL is one that is known.
        let location =
            (try? StoreLocation(url: configuration.store.url, spoolDirectory: configuration.spool.directory))
            ?? .embedded(path: configuration.spool.directory + "/errors.db")
        let sink = StoreSink(
            store: location.store(access: .own, clock: clock, report: { events.store($0) }),
            executor: executor)
        let store = Delivery(
            TimedSink(sink, clock: clock, histogram: timings.storeDeliveries), from: spool, output: .store,
            settings: DeliverySettings(configuration.store), clock: clock,
            executor: executor, faults: faults, tell: { events.delivery("store", $0) })
        var callbacks = SpoolWriter.Callbacks()
        callbacks.committed = { ticket in
            progress.spoolDone(through: UInt64(ticket))
            store.wake()
        }
        callbacks.hasRoom = { progress.madeRoom() }
        callbacks.failed = { events.spoolFailed($0) }
        callbacks.recovered = { events.spoolRecovered() }
        callbacks.took = { timings.spoolCommits.record(nanoseconds: $0) }
        writer = SpoolWriter(spool, clock: clock, maximumBytes: 8 << 20, callbacks: callbacks)
        self.spool = spool
        self.store = store
        retention = StoreRetention(sink, age: configuration.store.retention, clock: clock) {
            events.storeRetention($0)
        }
        if spool.statistics().parked > 0 { events.parkedBefore("store") }
        store.wake()
    }

    /// How much waits and what was lost; blocks.
    func statistics() -> SpoolStatistics { spool.statistics() }

    /// Answers when the store's thread is free.
    func storeStatus() async -> DeliveryStatus { await store.status() }

    /// Delivers to the store what waits.
    func flushStore(within time: Duration) async -> FlushOutcome { await store.flush(within: time) }

    /// Blocks.
    func parkedRecords(after number: Int64, limit: Int) throws(SpoolError) -> [ParkedRecord] {
        try spool.parked(after: number, limit: limit)
    }

    /// Sends all parked records on their way again; returns how many. Blocks.
    func replayParked() throws(SpoolError) -> Int { try spool.replayParked(.store) }

    /// Looks whether there is something to deliver.
    func wake() { store.wake() }

    /// Applies what a reload may change.
    func apply(_ configuration: StoreConfiguration) async {
        await store.change(DeliverySettings(configuration))
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
