/// Growing pauses between attempts: 1 s, doubled each time, at most 30 s (contract section 7).
struct Backoff {
    private var seconds: UInt64 = 0

    /// Nanoseconds until the next attempt, after one more that failed.
    mutating func next() -> UInt64 {
        seconds = min(max(1, seconds * 2), 30)
        return seconds * 1_000_000_000
    }

    mutating func reset() { seconds = 0 }
}
