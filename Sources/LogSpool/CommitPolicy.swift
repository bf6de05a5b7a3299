/// When the writer commits: at once when it was idle, else in groups.
///
/// Pure: it is told what happened and when, and says what to do. Times are monotonic nanoseconds.
struct CommitPolicy {
    enum Decision: Equatable {
        /// Nothing waits.
        case rest
        /// Nothing to do before this time, unless something is told.
        case wait(until: UInt64)
        case commit
    }

    /// Least time between the beginnings of two commits that nobody waits for: 10 ms.
    static let interval: UInt64 = 10_000_000
    /// Bytes that are enough for a commit before that.
    static let groupBytes = 786_432
    /// First and longest pause after a failure.
    static let backOff: ClosedRange<UInt64> = 1_000_000_000...30_000_000_000

    private(set) var waitingBytes = 0
    private var isHurried = false
    private var lastCommit: UInt64?
    private var failures = 0
    private var retryAt: UInt64 = 0

    /// Whether the last commit failed.
    var isFailing: Bool { failures > 0 }

    mutating func submitted(bytes: Int) { waitingBytes += bytes }

    /// Somebody waits for what was submitted so far.
    mutating func hurry() { isHurried = isHurried || waitingBytes > 0 }

    func decide(now: UInt64) -> Decision {
        guard waitingBytes > 0 else { return .rest }
        if isFailing { return now >= retryAt ? .commit : .wait(until: retryAt) }
        guard !isHurried, waitingBytes < CommitPolicy.groupBytes, let lastCommit else { return .commit }
        let due = lastCommit + CommitPolicy.interval
        return now >= due ? .commit : .wait(until: due)
    }

    /// A commit of all that waits begins.
    mutating func began(now: UInt64) {
        lastCommit = now
        isHurried = false
    }

    /// It is on the disk.
    mutating func committed(bytes: Int) {
        waitingBytes -= bytes
        failures = 0
    }

    /// It is not; the same records go again, later.
    mutating func failed(now: UInt64) {
        var pause = CommitPolicy.backOff.lowerBound
        for _ in 0..<min(failures, 10) { pause = min(pause * 2, CommitPolicy.backOff.upperBound) }
        failures += 1
        retryAt = now + pause
    }
}
