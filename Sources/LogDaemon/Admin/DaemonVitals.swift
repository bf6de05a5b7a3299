import LogModel

/// What there is to tell of the daemon even while it starts.
struct DaemonVitals: Sendable {
    let health: Health
    let counters: DaemonCounters
    let timings: Timings
    let clock: any Clock
    /// The zone that times are told in.
    let zone: ZoneRules
    let started: Timestamp
    let startedMonotonic: UInt64

    init(health: Health, counters: DaemonCounters, clock: any Clock, zone: ZoneRules) {
        self.health = health
        self.counters = counters
        timings = Timings()
        self.clock = clock
        self.zone = zone
        started = clock.now()
        startedMonotonic = clock.monotonicNanoseconds()
    }

    /// Seconds since the start.
    var uptime: Double { Double(clock.monotonicNanoseconds() - startedMonotonic) / 1e9 }
}
