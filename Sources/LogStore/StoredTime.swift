import LogModel

/// Moments as the embedded store writes them: `2026-02-01 03:34:56.123456`, UTC, always six digits.
///
/// It is the form that SQLite's own date functions give and take, so that operators can compare with
/// `datetime('now', '-30 minutes')`; it sorts as text, and holds what Postgres's timestamptz holds.
enum StoredTime {
    /// Years 0 to 9999; what lies outside is the nearest that there is.
    private static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    static func clamped(_ seconds: Int64) -> Int64 { min(max(seconds, range.lowerBound), range.upperBound) }

    static func text(_ time: Timestamp) -> String {
        var out = OutputBuffer(capacity: 64)
        TimeText.append(localSeconds: clamped(time.seconds), to: &out)
        TimeText.append(
            fractionOf: Timestamp(seconds: 0, nanoseconds: min(time.nanoseconds, 999_999_999), precision: 6),
            to: &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    /// The moment, to the microsecond, with as many digits as say something (0, 3 or 6).
    static func timestamp(_ text: String?) -> Timestamp? {
        guard var text else { return nil }
        return text.withUTF8 { bytes in
            guard let parts = DateTimeText(bytes) else { return nil }
            var time = parts.timestamp(in: bytes, zone: .utc)
            time.precision = time.nanoseconds == 0 ? 0 : time.nanoseconds % 1_000_000 == 0 ? 3 : 6
            return time
        }
    }
}
