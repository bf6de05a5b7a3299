internal import LogModel

/// The times that the alerts' policy counts in: milliseconds since 1970 as they were at the start, going on with the
/// monotonic clock. Setting the time of day does nothing to it, and a restart goes on about where it was.
struct AlertAxis: Sendable {
    private let clock: any Clock
    private let start: Int64
    private let monotonicStart: UInt64

    init(_ clock: any Clock) {
        self.clock = clock
        let now = clock.now()
        start = now.seconds * 1000 + Int64(now.nanoseconds / 1_000_000)
        monotonicStart = clock.monotonicNanoseconds()
    }

    var now: Int64 { start + Int64((clock.monotonicNanoseconds() &- monotonicStart) / 1_000_000) }
}
