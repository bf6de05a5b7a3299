import LogConfiguration
import LogModel
import LogSinks
import LogSpool
import LogStore
import Logging

/// The spool and what reads from it.
final class Spooling: Sendable {
    let writer: SpoolWriter
    let alerts: AlertDelivery
    let spool: Spool
    let events: PartEvents
    private let storing: Storing?

    /// Whether anything reads from the spool.
    static func isNeeded(by configuration: Configuration) -> Bool {
        configuration.store.enabled || configuration.alerts.isConfigured
    }

    init(
        _ configuration: Configuration, zone: ZoneRules, clock: any Clock, environment: [String: String],
        progress: OutletProgress, events: PartEvents, timings: Timings
    ) throws(SpoolError) {
        let faults = environment["HANTU_LOGD_FAULT"].flatMap { FaultPoints(killingAt: $0) } ?? .none
        let outputs: OutputSet = configuration.store.enabled ? [.store, .alerts] : .alerts
        let spool = try Spool(configuration.spool, outputs: outputs, clock: clock, faults: faults)
        events.spoolOpened(spool.recovery)
        let http = HTTPSettings(environment: environment)
        let storing =
            configuration.store.enabled
            ? Storing(
                configuration, from: spool, zone: zone, clock: clock, faults: faults, events: events,
                timings: timings) : nil
        let alerts = AlertDelivery(
            from: spool, settings: AlertSettings(configuration.alerts, zone: zone), clock: clock,
            faults: faults,
            recurrence: storing.map { storing in RecurrenceWatch(lookup: storing.resolvedBefore) },
            connect: { CurlConnection(http) }, tell: { events.alerts($0) })
        events.alerts.connect { alerts.raise($0) }
        var callbacks = SpoolWriter.Callbacks()
        callbacks.committed = { ticket in
            progress.spoolDone(through: UInt64(ticket))
            alerts.wake()
            storing?.delivery.wake()
        }
        callbacks.hasRoom = { progress.madeRoom() }
        callbacks.failed = { events.spoolFailed($0) }
        callbacks.recovered = { events.spoolRecovered() }
        callbacks.took = { timings.spoolCommits.record(nanoseconds: $0) }
        writer = SpoolWriter(spool, clock: clock, maximumBytes: Outlets.spoolHighWater, callbacks: callbacks)
        self.spool = spool
        self.events = events
        self.alerts = alerts
        self.storing = storing
        wake()
    }

    /// How much waits and what was lost; blocks.
    func statistics() -> SpoolStatistics { spool.statistics() }

    /// Answers when the delivery's thread is free; nil without a store.
    func storeStatus() async -> DeliveryStatus? { await storing?.delivery.status() }

    /// Delivers to the store what waits.
    func flushStore(within time: Duration) async -> FlushOutcome {
        await storing?.delivery.flush(within: time) ?? .drained
    }

    /// Blocks.
    func parkedRecords(after number: Int64, limit: Int) throws(SpoolError) -> [ParkedRecord] {
        try spool.parked(after: number, limit: limit)
    }

    /// Sends all parked records on their way again; returns how many. Blocks.
    func replayParked() throws(SpoolError) -> Int { try spool.replayParked([.store, .alerts]) }

    /// Looks whether there is something to deliver or to tell.
    func wake() {
        alerts.wake()
        storing?.delivery.wake()
    }

    /// Applies what a reload may change.
    func apply(_ configuration: Configuration, zone: ZoneRules) async {
        await storing?.apply(configuration.store)
        await alerts.change(AlertSettings(configuration.alerts, zone: zone))
    }

    func stop(log: Logger) async {
        let writer = writer
        let left = await Detached.run { writer.stop() }
        let records = left.reduce(0) { $0 + $1.count }
        if records > 0 { log.critical("\(records) records couldn't be committed to the spool and are lost") }
        async let told: Void = alerts.stop(within: .seconds(5))
        await storing?.stop(within: .seconds(10), log: log)
        await told
        spool.close()
    }
}
