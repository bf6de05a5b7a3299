import LogModel

/// Makes the identities that clients leave out: trace ids and UUIDv7s. Unique, not secret.
struct IdentifierSource {
    private var state: (UInt64, UInt64)

    init() {
        var system = SystemRandomNumberGenerator()
        state = (system.next(), system.next() | 1)
    }

    /// 64 random bits (xorshift128+, seeded by the system).
    private mutating func next() -> UInt64 {
        var first = state.0
        let second = state.1
        state.0 = second
        first ^= first << 23
        state.1 = first ^ second ^ (first >> 18) ^ (second >> 5)
        return state.1 &+ second
    }

    mutating func eventID(at time: Timestamp) -> EventID {
        let milliseconds = UInt64(max(0, time.seconds)) * 1000 + UInt64(time.nanoseconds / 1_000_000)
        return EventID(milliseconds: milliseconds, random: (next(), next()))
    }

    /// Appends eight hex digits.
    mutating func appendTraceID(to out: inout OutputBuffer) { out.append(hex: next() >> 32, digits: 8) }
}
