package import LogModel
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Clock {
    private let time: Mutex<(wall: Timestamp, monotonic: UInt64)>

    /// Stands at this Unix second.
    package init(seconds: Int64 = 1_770_000_000) {
        time = Mutex((Timestamp(seconds: seconds, precision: 6), 1_000_000_000))
    }

    package func now() -> Timestamp { time.withLock { $0.wall } }
    package func monotonicNanoseconds() -> UInt64 { time.withLock { $0.monotonic } }

    /// Lets this much time pass.
    package func advance(seconds: Int64, nanoseconds: UInt32 = 0) {
        time.withLock {
            let total = UInt64($0.wall.nanoseconds) + UInt64(nanoseconds)
            $0.wall.seconds += seconds + Int64(total / 1_000_000_000)
            $0.wall.nanoseconds = UInt32(total % 1_000_000_000)
            if seconds >= 0 { $0.monotonic += UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds) }
        }
    }

    /// Sets the time of day alone, as a stepped clock does.
    package func step(to seconds: Int64) { time.withLock { $0.wall.seconds = seconds } }
}
