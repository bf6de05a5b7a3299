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
    /// point or comma, `Z`, `+hh:mm`, `+hhmm`, `+hh` or no offset.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 19, let base = text.baseAddress, let day = DateTimeText.dayNumber(base),
            base[10] | 0x20 == UInt8(ascii: "t") || base[10] == UInt8(ascii: " "),
            let second = ClockText.secondOfDay(base + 11)
        else { return nil }
        dayNumber = day
        secondOfDay = second
        fractionStart = 19
        fractionEnd = 19
        offset = nil
        var position = 19
        if position < text.count, base[position] == UInt8(ascii: ".") || base[position] == UInt8(ascii: ",") {
            position &+= 1
            fractionStart = position
            while position < text.count, base[position] &- 0x30 < 10 { position &+= 1 }
            guard position > fractionStart else { return nil }
            fractionEnd = position
        }
        guard position < text.count else { return }
        guard let given = DateTimeText.offset(base + position, text.count &- position) else { return nil }
        offset = given
    }

    /// The day that `2026-02-01` names; nil where that is no date.
    private static func dayNumber(_ start: UnsafePointer<UInt8>) -> Int? {
        guard let century = twoDigits(start), let years = twoDigits(start + 2),
            let month = twoDigits(start + 5),
            let day = twoDigits(start + 8), start[4] == UInt8(ascii: "-"), start[7] == UInt8(ascii: "-"),
            (1...12).contains(month), day >= 1
        else { return nil }
        let year = century * 100 + years
        guard day <= CivilDate.days(inMonth: month, of: year) else { return nil }
        return CivilDate.dayNumber(year: year, month: month, day: day)
    }

    private static func offset(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
        let sign = start[0]
        if sign | 0x20 == UInt8(ascii: "z") { return count == 1 ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            count == 3 || count == 5 || (count == 6 && start[3] == UInt8(ascii: ":")),
            let hours = twoDigits(start + 1),
            let minutes = count == 3 ? 0 : twoDigits(start + count - 2), hours < 24, minutes < 60
        else { return nil }
        let seconds = Int32(truncatingIfNeeded: hours &* 3600 &+ minutes &* 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
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

@inline(__always)
private func twoDigits(_ start: UnsafePointer<UInt8>) -> Int? {
    let tens = start[0] &- 0x30
    let ones = start[1] &- 0x30
    return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : nil
}
