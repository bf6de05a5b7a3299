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
        var memo = DateMemo()
        self.init(text, memo: &memo)
    }

    /// The same, with the date that was read last at hand.
    @inline(__always)
    package init?(_ text: UnsafeBufferPointer<UInt8>, memo: inout DateMemo) {
        guard text.count >= 19, let base = text.baseAddress, let day = memo.dayNumber(of: base),
            base[10] | 0x20 == UInt8(ascii: "t") || base[10] == UInt8(ascii: " "),
            let second = DateTimeText.secondOfDay(base + 11)
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

    /// Seconds of `12:34:56`: eight bytes at once.
    @inline(__always)
    private static func secondOfDay(_ start: UnsafePointer<UInt8>) -> Int? {
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

    @inline(__always)
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

/// The date that was read last: lines that follow one another mostly are of one day.
package struct DateMemo: Sendable {
    private var low: UInt64 = 0
    private var high: UInt16 = 0
    private var day = 0

    package init() {}

    /// The day that `2026-02-01` at `start` names; nil where that is no date.
    @inline(__always)
    mutating func dayNumber(of start: UnsafePointer<UInt8>) -> Int? {
        let raw = UnsafeRawPointer(start)
        let low = raw.loadUnaligned(as: UInt64.self)
        let high = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        if _fastPath(low == self.low && high == self.high) { return day }
        guard let read = DateMemo.read(start) else { return nil }
        (self.low, self.high, day) = (low, high, read)
        return read
    }

    @inline(never)
    private static func read(_ start: UnsafePointer<UInt8>) -> Int? {
        guard let century = twoDigits(start), let years = twoDigits(start + 2),
            let month = twoDigits(start + 5),
            let day = twoDigits(start + 8), start[4] == UInt8(ascii: "-"), start[7] == UInt8(ascii: "-"),
            (1...12).contains(month), day >= 1
        else { return nil }
        let year = century * 100 + years
        guard day <= CivilDate.days(inMonth: month, of: year) else { return nil }
        return CivilDate.dayNumber(year: year, month: month, day: day)
    }
}

@inline(__always)
private func twoDigits(_ start: UnsafePointer<UInt8>) -> Int? {
    let tens = start[0] &- 0x30
    let ones = start[1] &- 0x30
    return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : nil
}
