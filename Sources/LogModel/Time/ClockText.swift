/// The time of a day as it is written.
public enum ClockText {
    /// Seconds of `12:34:56`, 0...86400 (a leap second is the next minute's first): eight bytes at once; nil where
    /// that is no time.
    @inlinable @inline(__always)
    public static func secondOfDay(_ start: UnsafePointer<UInt8>) -> Int? {
        let text = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        // Digits become 0...9 and colons 0; what is larger reaches its byte's highest bit.
        let digits = text ^ 0x3030_3A30_303A_3030
        guard (digits &+ 0x7676_7F76_767F_7676 | digits) & 0x8080_8080_8080_8080 == 0 else { return nil }
        let pairs = digits &* 10 &+ digits &>> 8
        let hour = Int(pairs & 0xFF)
        let minute = Int(pairs &>> 24 & 0xFF)
        let second = Int(pairs &>> 48 & 0xFF)
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return hour &* 3600 &+ minute &* 60 &+ second
    }
}
