import Glibc

/// The end of the time that a call was given; the kernel's clock, since it is the kernel that waits.
struct Deadline {
    let time: Duration
    private let end: Int64

    init(_ time: Duration) {
        self.time = time
        let (seconds, attoseconds) = time.components
        end = Deadline.now + seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Milliseconds that are left, 0 when it has passed.
    var milliseconds: CInt { CInt(clamping: max(0, end - Deadline.now)) }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec / 1_000_000)
    }
}
