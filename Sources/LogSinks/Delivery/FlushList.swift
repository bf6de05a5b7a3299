/// Those who wait for a flush.
struct FlushList {
    struct Flush {
        /// How many records must have been taken.
        var target: Int
        /// Monotonic nanoseconds.
        var deadline: UInt64
        fileprivate var continuation: CheckedContinuation<FlushOutcome, Never>
    }

    private var waiting: [Flush] = []

    var earliestDeadline: UInt64? { waiting.map(\.deadline).min() }

    mutating func add(
        target: Int, deadline: UInt64, _ continuation: CheckedContinuation<FlushOutcome, Never>
    ) {
        waiting.append(Flush(target: target, deadline: deadline, continuation: continuation))
    }

    /// Answers those for which `outcome` has one.
    mutating func end(_ outcome: (Flush) -> FlushOutcome?) {
        waiting.removeAll { flush in
            guard let answer = outcome(flush) else { return false }
            flush.continuation.resume(returning: answer)
            return true
        }
    }
}
