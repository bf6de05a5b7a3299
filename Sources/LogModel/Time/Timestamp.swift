/// A moment in time: Unix seconds, nanoseconds, and how many digits of the fraction were given.
public struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    public var seconds: Int64
    /// 0 ... 999_999_999.
    public var nanoseconds: UInt32
    /// Digits of the fraction that were given and are written again, 0...9.
    public var precision: UInt8

    /// This moment; without a fraction where none is given.
    @inlinable @inline(__always)
    public init(seconds: Int64, nanoseconds: UInt32 = 0, precision: UInt8 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.precision = precision
    }

    /// Seconds since 1970 as a floating-point number, for arithmetic where the last digits don't matter.
    package var secondsSince1970: Double { Double(seconds) + Double(nanoseconds) / 1e9 }
}

extension Timestamp: Comparable {
    /// The order of time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// What the time is; injected wherever time matters, so that no test waits for it.
package protocol Clock: Sendable {
    /// The time of day.
    func now() -> Timestamp
    /// Nanoseconds of a clock that only ever goes forward.
    func monotonicNanoseconds() -> UInt64
}
