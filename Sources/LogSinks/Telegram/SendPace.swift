/// When a chat may get its next message: what Telegram takes (1 a second, 20 a minute in a group) with some room
/// left, and pauses after failures.
///
/// Times are milliseconds of one axis that goes on over restarts. A message counts from the end of its attempt, so
/// that what lies between two arrivals is never less than what lies between two of these.
struct SendPace: Sendable, Equatable {
    /// Messages in any minute. For a private chat as well: nobody reads more.
    static let perMinute = 20
    /// Messages in a minute after which the others come further apart, so that a grave one finds room soon.
    static let calm = 10
    static let gap: Int64 = 1000
    static let wideGap: Int64 = 5000
    static let backOff: ClosedRange<Int64> = 1000...30_000
    private static let minute: Int64 = 60_000

    /// The ends of the last attempts, rising.
    private(set) var attempts: [Int64] = []
    /// Attempts in a row that found nobody.
    private(set) var failures = 0
    private(set) var blockedUntil: Int64 = 0
    /// How long the block was when it began: a clock that was set back doesn't make it longer.
    private var blockLength: Int64 = 0

    /// The pause behind the last message.
    func gap(at now: Int64) -> Int64 {
        let recent = attempts.count { $0 > now - SendPace.minute }
        return recent < SendPace.calm ? SendPace.gap : SendPace.wideGap
    }

    /// The first moment at which the next message may go; in the past where it may at once.
    func ready(at now: Int64) -> Int64 {
        var ready = blockedUntil
        if let last = attempts.last { ready = max(ready, last + gap(at: now)) }
        if attempts.count >= SendPace.perMinute {
            ready = max(ready, attempts[attempts.count - SendPace.perMinute] + SendPace.minute)
        }
        return ready
    }

    mutating func attempted(at now: Int64) {
        attempts.append(now)
        if attempts.count > SendPace.perMinute {
            attempts.removeFirst(attempts.count - SendPace.perMinute)
        }
    }

    mutating func succeeded() {
        failures = 0
        unblock()
    }

    /// Pauses for 1 s, doubled with each failure in a row, at most 30 s; less up to a quarter by `jitter` (0...1).
    mutating func backOff(at now: Int64, jitter: Double) {
        var pause = SendPace.backOff.lowerBound
        for _ in 0..<min(failures, 10) { pause = min(pause * 2, SendPace.backOff.upperBound) }
        failures += 1
        block(for: pause - Int64(Double(pause / 4) * min(max(jitter, 0), 1)), at: now)
    }

    /// Pauses for so long at least.
    mutating func block(for milliseconds: Int64, at now: Int64) {
        guard now + milliseconds > blockedUntil else { return }
        blockedUntil = now + milliseconds
        blockLength = milliseconds
    }

    mutating func unblock() {
        blockedUntil = 0
        blockLength = 0
    }

    /// Takes the past out of the future, where the clock was set back over a restart.
    mutating func settle(at now: Int64) {
        attempts = attempts.map { min($0, now) }
        blockedUntil = min(blockedUntil, now + blockLength)
    }
}

extension SendPace {
    var text: StateText {
        var text = StateText()
        text.add("attempts", attempts.map(String.init).joined(separator: " "))
        text.add("failures", failures)
        text.add("blocked", blockedUntil)
        text.add("length", blockLength)
        return text
    }

    init(_ text: StateText) {
        attempts = (text["attempts"] ?? "").split(separator: " ").compactMap { Int64($0) }.sorted()
        failures = text.number("failures").map(Int.init) ?? 0
        blockedUntil = text.number("blocked") ?? 0
        blockLength = text.number("length") ?? 0
    }
}
