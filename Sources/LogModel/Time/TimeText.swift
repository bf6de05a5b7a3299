/// Writes dates and times.
package enum TimeText {
    /// Appends `2026-02-01 12:34:56` for these local seconds, with this byte between date and time.
    package static func append(
        localSeconds: Int64, separator: UInt8 = UInt8(ascii: " "), to out: inout OutputBuffer
    ) {
        let dayNumber = localSeconds.flooredDivision(by: 86400)
        let second = Int(localSeconds - dayNumber * 86400)
        let (year, month, day) = CivilDate(dayNumber: Int(dayNumber)).components
        appendTwo(year / 100 % 100, to: &out)
        appendTwo(year % 100, to: &out)
        out.append(UInt8(ascii: "-"))
        appendTwo(month, to: &out)
        out.append(UInt8(ascii: "-"))
        appendTwo(day, to: &out)
        out.append(separator)
        appendTwo(second / 3600, to: &out)
        out.append(UInt8(ascii: ":"))
        appendTwo(second / 60 % 60, to: &out)
        out.append(UInt8(ascii: ":"))
        appendTwo(second % 60, to: &out)
    }

    /// Appends `+09:00`.
    package static func append(offset: Int32, to out: inout OutputBuffer) {
        let minutes = UInt32(abs(offset)) / 60
        let (hour, minute) = (UInt8(minutes / 60), UInt8(minutes % 60))
        out.reserve(6)
        let to = out.tail
        to[0] = offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        to[1] = 0x30 + hour / 10
        to[2] = 0x30 + hour % 10
        to[3] = UInt8(ascii: ":")
        to[4] = 0x30 + minute / 10
        to[5] = 0x30 + minute % 10
        out.end += 6
    }

    /// Appends the fraction with its point, as many digits as were given; nothing without any.
    package static func append(fractionOf time: Timestamp, to out: inout OutputBuffer) {
        guard time.precision > 0 else { return }
        out.append(UInt8(ascii: "."))
        var divisor: UInt32 = 100_000_000
        for _ in 0..<min(time.precision, 9) {
            out.append(0x30 + UInt8(time.nanoseconds / divisor % 10))
            divisor = max(divisor / 10, 1)
        }
    }

    /// Appends RFC 3339 with the zone's offset at that moment.
    package static func append(_ time: Timestamp, zone: ZoneRules, to out: inout OutputBuffer) {
        let offset = zone.offset(at: time.seconds)
        append(localSeconds: time.seconds + Int64(offset), separator: UInt8(ascii: "T"), to: &out)
        append(fractionOf: time, to: &out)
        append(offset: offset, to: &out)
    }

    @inline(__always)
    private static func appendTwo(_ value: Int, to out: inout OutputBuffer) {
        out.append(0x30 + UInt8(value / 10))
        out.append(0x30 + UInt8(value % 10))
    }
}
