/// A date and time as it is written: RFC 3339, or the same without an offset (contract section 2).
package struct DateTimeText: Sendable, Equatable {
    /// The date written, as days since 1970-01-01.
    package var dayNumber: Int
    /// Seconds of the time written, 0...86400 (a leap second is the next minute's first).
    package var secondOfDay: Int
    /// Where the fraction's digits stand; an empty range without one.
    package var fractionStart: Int
    package var fractionEnd: Int
    /// Seconds east of UTC, nil when none is written.
    package var offset: Int32?

    /// The seconds that UTC would count for the date and time written.
    package var localSeconds: Int64 { Int64(dayNumber) * 86400 + Int64(secondOfDay) }

    /// Reads `2026-02-01T12:34:56.123+09:00`: `T`, `t` or a space between, a fraction of any length behind a
    /// point or comma, `Z`, `+hh:mm`, `+hhmm`, `+hh` or no offset. 19 readable bytes are needed from the start
    /// on only where the text has them.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 19, let base = text.baseAddress else { return nil }
        var wrong: UInt8 = 0
        @inline(__always) func two(_ index: Int) -> Int {
            let tens = base[index] &- 0x30
            let ones = base[index + 1] &- 0x30
            if tens > 9 || ones > 9 { wrong = 1 }
            return Int(tens) &* 10 &+ Int(ones)
        }
        let year = two(0) &* 100 &+ two(2)
        let month = two(5)
        let day = two(8)
        let hour = two(11)
        let minute = two(14)
        let second = two(17)
        let separator = base[10] | 0x20
        guard wrong == 0, base[4] == UInt8(ascii: "-"), base[7] == UInt8(ascii: "-"),
            separator == UInt8(ascii: "t") || base[10] == UInt8(ascii: " "),
            base[13] == UInt8(ascii: ":"), base[16] == UInt8(ascii: ":"), month &- 1 < 12, month >= 1,
            day >= 1,
            day <= 28 || day <= CivilDate.days(inMonth: month, of: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        dayNumber = CivilDate.dayNumber(year: year, month: month, day: day)
        secondOfDay = hour &* 3600 &+ minute &* 60 &+ second
        var position = 19
        fractionStart = 19
        fractionEnd = 19
        if position < text.count, base[position] == UInt8(ascii: ".") || base[position] == UInt8(ascii: ",") {
            position += 1
            fractionStart = position
            while position < text.count, base[position] &- 0x30 < 10 { position += 1 }
            guard position > fractionStart else { return nil }
            fractionEnd = position
        }
        offset = nil
        guard position < text.count else { return }
        let sign = base[position]
        if sign | 0x20 == UInt8(ascii: "z") {
            guard position + 1 == text.count else { return nil }
            offset = 0
            return
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let rest = text.count - position
        guard rest == 3 || rest == 5 || (rest == 6 && base[position + 3] == UInt8(ascii: ":")) else {
            return nil
        }
        let hours = two(position + 1)
        let minutes = rest == 3 ? 0 : two(position + rest - 2)
        guard wrong == 0, hours < 24, minutes < 60 else { return nil }
        let seconds = Int32(hours * 3600 + minutes * 60)
        offset = sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    /// Nanoseconds of the fraction; digits behind the ninth don't count.
    package func nanoseconds(in text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        for index in fractionStart..<fractionStart + 9 {
            value = value * 10 + (index < fractionEnd ? UInt32(text[index] - 0x30) : 0)
        }
        return value
    }

    /// The moment meant, in `zone` where no offset is written.
    package func timestamp(in text: UnsafeBufferPointer<UInt8>, zone: ZoneRules) -> Timestamp {
        let seconds = offset.map { localSeconds - Int64($0) } ?? zone.instant(ofLocal: localSeconds)
        return Timestamp(
            seconds: seconds, nanoseconds: nanoseconds(in: text),
            precision: UInt8(min(fractionEnd - fractionStart, 9)))
    }
}

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
        out.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let minutes = Int(abs(offset)) / 60
        appendTwo(minutes / 60, to: &out)
        out.append(UInt8(ascii: ":"))
        appendTwo(minutes % 60, to: &out)
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
