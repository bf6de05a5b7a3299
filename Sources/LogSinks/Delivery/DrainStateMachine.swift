internal import LogPipeline

/// When a batch goes to its output, and what its outcome means (contract sections 5 and 7).
///
/// Records never leave the spool before the output has them, so "parked and replayed in order, by themselves"
/// needs no second place: while the output is unreachable its records stay at its cursor, a small batch is tried
/// after every pause, and the first that works is followed by all the others, oldest first. What the output
/// refuses for good is parked alone, with its reason, and the others go on.
///
/// Pure: it is told what happened and when (monotonic nanoseconds), and says what to do.
struct DrainStateMachine {
    enum Action: Equatable {
        /// Nothing to do until something is told.
        case rest
        /// Nothing to do before this time, unless something is told.
        case wait(until: UInt64)
        /// Read this many records at most, and deliver them.
        case deliver(limit: Int)
        /// The attempt takes too long: tell `attemptIsOverdue`.
        case overdue
    }

    /// What follows from an outcome, in this order.
    enum Effect: Equatable {
        /// The batch is done with; the records at these indices are parked.
        case accept(parking: [Int: String])
        case tell(Event)
    }

    enum Event: Equatable {
        case failed(attempt: Int, reason: String)
        case unreachable(reason: String)
        case recovered(wasUnreachable: Bool)
    }

    private enum Phase: Equatable {
        case idle
        case collecting(since: UInt64)
        case delivering(since: UInt64, deadline: UInt64, isOverdue: Bool)
        case backingOff(until: UInt64)
    }

    var settings: DeliverySettings
    private var phase = Phase.idle
    /// Failed attempts in a row.
    private(set) var failures = 0
    private(set) var lastFailure: String?
    /// Whether an attempt has worked since the start.
    private var hasWorked = false
    /// Somebody waits for the records: don't.
    private var isUrgent = false

    init(_ settings: DeliverySettings) { self.settings = settings }

    var isUnreachable: Bool { failures >= settings.retryAttempts }

    var statusPhase: DeliveryStatus.Phase {
        switch phase {
        case .idle: .idle
        case .collecting: .collecting
        case .delivering: .delivering
        case .backingOff: .waitingToRetry
        }
    }

    /// What to do now that this many records wait.
    mutating func next(waiting: Int, now: UInt64) -> Action {
        switch phase {
        case .delivering(_, let deadline, _): return now < deadline ? .wait(until: deadline) : .overdue
        case .backingOff(let until):
            guard waiting > 0 else { return .rest }
            return isUrgent || now >= until ? .deliver(limit: batchLimit) : .wait(until: until)
        case .idle, .collecting:
            guard waiting > 0 else {
                phase = .idle
                return .rest
            }
            var since = now
            if case .collecting(let earlier) = phase { since = earlier }
            let due = since &+ settings.batchInterval.nanoseconds
            if isUrgent || waiting >= settings.batchRecords || now >= due {
                return .deliver(limit: batchLimit)
            }
            phase = .collecting(since: since)
            return .wait(until: due)
        }
    }

    /// Under backlog the batch grows; what only finds out whether the output is back stays small.
    private var batchLimit: Int {
        failures > 0 ? settings.batchRecords : settings.batchMaximumRecords
    }

    /// Somebody waits: deliver now, also when the last attempt has just failed.
    mutating func hurry() { isUrgent = true }

    /// Nobody waits any more.
    mutating func calm() { isUrgent = false }

    /// An attempt begins.
    mutating func began(now: UInt64) {
        phase = .delivering(
            since: now, deadline: now &+ settings.attemptDeadline.nanoseconds, isOverdue: false)
    }

    /// There was nothing to read after all.
    mutating func foundNothing() { phase = .idle }

    /// The attempt has taken too long, once more. It goes on: two at a time could put records out of order.
    mutating func attemptIsOverdue(now: UInt64) -> [Effect] {
        guard case .delivering(let since, _, _) = phase else { return [] }
        phase = .delivering(
            since: since, deadline: now &+ settings.attemptDeadline.nanoseconds, isOverdue: true)
        return countFailure("no answer for \(settings.attemptDeadline)")
    }

    /// The attempt has ended.
    mutating func ended(_ outcome: DeliveryOutcome, now: UInt64) -> [Effect] {
        guard case .delivering(let since, _, let wasOverdue) = phase else { return [] }
        switch outcome {
        case .retry(let after, let reason):
            phase = .backingOff(until: now &+ (after ?? settings.retryDelay).nanoseconds)
            // What took too long was counted when it did.
            if wasOverdue { lastFailure = reason }
            return wasOverdue ? [] : countFailure(reason)
        case .delivered: return [.accept(parking: [:])] + succeed(since)
        case .rejected(let reasons): return [.accept(parking: reasons)] + succeed(since)
        }
    }

    private mutating func succeed(_ since: UInt64) -> [Effect] {
        // Whatever is left came while the attempt was under way.
        phase = .collecting(since: since)
        defer {
            failures = 0
            lastFailure = nil
            hasWorked = true
        }
        return failures > 0 || !hasWorked ? [.tell(.recovered(wasUnreachable: isUnreachable))] : []
    }

    private mutating func countFailure(_ reason: String) -> [Effect] {
        failures += 1
        lastFailure = reason
        isUrgent = false
        var effects: [Effect] = [.tell(.failed(attempt: failures, reason: reason))]
        if failures == settings.retryAttempts { effects.append(.tell(.unreachable(reason: reason))) }
        return effects
    }
}
