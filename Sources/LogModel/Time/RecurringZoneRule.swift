/// A zone's rule for all years to come, as the last line of a TZif file writes it (POSIX `TZ`, RFC 9636).
struct RecurringZoneRule: Sendable, Equatable {
    /// A day of a year, and a time of that day in seconds (also negative or over 24 hours).
    enum Day: Sendable, Equatable {
        case julian(Int)  // 1...365, without the leap day
        case ordinal(Int)  // 0...365
        case weekday(month: Int, week: Int, weekday: Int)  // week 5 is the last
    }
    struct Change: Sendable, Equatable {
        var day: Day
        var time: Int64
    }
    struct Daylight: Sendable, Equatable {
        var offset: Int32
        var start: Change
        var end: Change
    }

    var standardOffset: Int32
    var daylight: Daylight?

    func span(at instant: Int64) -> ZoneRules.Span {
        guard let daylight else { return .init(offset: standardOffset, from: .min, until: .max) }
        let year = CivilDate(dayNumber: Int(instant.flooredDivision(by: 86400))).components.year
        var changes: [(at: Int64, offset: Int32)] = []
        for candidate in (year - 1)...(year + 1) {
            changes.append(
                (moment(of: daylight.start, in: candidate) - Int64(standardOffset), daylight.offset))
            changes.append((moment(of: daylight.end, in: candidate) - Int64(daylight.offset), standardOffset))
        }
        changes.sort { $0.at < $1.at }
        guard let next = changes.firstIndex(where: { $0.at > instant }), next > 0 else {
            return .init(offset: standardOffset, from: .min, until: .max)
        }
        return .init(offset: changes[next - 1].offset, from: changes[next - 1].at, until: changes[next].at)
    }

    /// Local seconds of a change in this year.
    private func moment(of change: Change, in year: Int) -> Int64 {
        let firstDay = CivilDate.dayNumber(year: year, month: 1, day: 1)
        let day: Int
        switch change.day {
        case .ordinal(let number): day = firstDay + number
        case .julian(let number):
            let leap = CivilDate.days(inMonth: 2, of: year) == 29 && number >= 60
            day = firstDay + number - (leap ? 0 : 1)
        case .weekday(let month, let week, let weekday):
            let first = CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: month, day: 1))
            var offset = (weekday - first.weekday + 7) % 7 + (week - 1) * 7
            while offset >= CivilDate.days(inMonth: month, of: year) { offset -= 7 }
            day = first.dayNumber + offset
        }
        return Int64(day) * 86400 + change.time
    }
}

extension RecurringZoneRule {
    /// Reads `EST5EDT,M3.2.0,M11.1.0`, `<+09>-9` and the like; nil where the text is no such rule.
    init?(_ text: some Sequence<UInt8>) {
        var reader = Reader(bytes: Array(text))
        guard reader.name(), let standard = reader.time(allowingSign: true) else { return nil }
        standardOffset = -Int32(standard)
        daylight = nil
        if reader.atEnd { return }
        guard reader.name() else { return nil }
        var offset = standardOffset + 3600
        if !reader.at(",") {
            guard let given = reader.time(allowingSign: true) else { return nil }
            offset = -Int32(given)
        }
        guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(),
            reader.atEnd
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var atEnd: Bool { position == bytes.count }
        func at(_ character: Unicode.Scalar) -> Bool { !atEnd && bytes[position] == UInt8(ascii: character) }
        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard at(character) else { return false }
            position += 1
            return true
        }

        mutating func name() -> Bool {
            let start = position
            if take("<") {
                while !atEnd, !at(">") { position += 1 }
                return take(">")
            }
            while !atEnd, (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(bytes[position]) { position += 1 }
            return position - start >= 3
        }

        mutating func number() -> Int? {
            let start = position
            var value = 0
            while !atEnd, (0x30...0x39).contains(bytes[position]), position - start < 6 {
                value = value * 10 + Int(bytes[position] - 0x30)
                position += 1
            }
            return position > start ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time(allowingSign: Bool) -> Int64? {
            let negative = take("-")
            if !negative { _ = take("+") }
            guard let hours = number() else { return nil }
            var seconds = hours * 3600
            if take(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if take(":") {
                    guard let rest = number() else { return nil }
                    seconds += rest
                }
            }
            return Int64(negative ? -seconds : seconds)
        }

        mutating func change() -> Change? {
            let day: Day
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else if take("J") {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), number <= 365 else { return nil }
                day = .ordinal(number)
            }
            guard take("/") else { return Change(day: day, time: 7200) }
            guard let time = time(allowingSign: true) else { return nil }
            return Change(day: day, time: time)
        }
    }
}
