/// What local time is in one time zone, past and future.
package struct ZoneRules: Sendable, Equatable {
    /// A stretch of time in which the offset from UTC doesn't change.
    package struct Span: Sendable, Equatable {
        /// Seconds east of UTC.
        package var offset: Int32
        /// The first second of the stretch, and the first one behind it.
        package var from: Int64
        package var until: Int64

        @inlinable package func contains(_ instant: Int64) -> Bool { instant >= from && instant < until }
    }

    /// The zone's name, as it was asked for.
    package let name: String
    /// Moments at which the offset changes, rising, and the offset from each on.
    let transitions: [Int64]
    let offsets: [Int32]
    /// The offset before the first transition.
    let initialOffset: Int32
    /// The rule that goes on for ever behind the last transition.
    let rule: RecurringZoneRule?

    package static let utc = ZoneRules(name: "UTC", transitions: [], offsets: [], initialOffset: 0, rule: nil)

    init(name: String, transitions: [Int64], offsets: [Int32], initialOffset: Int32, rule: RecurringZoneRule?)
    {
        self.name = name
        self.transitions = transitions
        self.offsets = offsets
        self.initialOffset = initialOffset
        self.rule = rule
    }

    /// The stretch of constant offset that this Unix second lies in.
    package func span(at instant: Int64) -> Span {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        let from = low == 0 ? Int64.min : transitions[low - 1]
        if low < transitions.count {
            return Span(
                offset: low == 0 ? initialOffset : offsets[low - 1], from: from, until: transitions[low])
        }
        if let rule {
            var span = rule.span(at: instant)
            span.from = max(span.from, from)
            return span
        }
        return Span(offset: low == 0 ? initialOffset : offsets[low - 1], from: from, until: .max)
    }

    /// Seconds east of UTC at this Unix second.
    package func offset(at instant: Int64) -> Int32 { span(at: instant).offset }

    /// The local date of this moment.
    package func date(of time: Timestamp) -> CivilDate {
        let local = time.seconds + Int64(offset(at: time.seconds))
        return CivilDate(dayNumber: Int(local.flooredDivision(by: 86400)))
    }

    /// The Unix second at which this date begins.
    package func startOfDay(_ date: CivilDate) -> Int64 { instant(ofLocal: Int64(date.dayNumber) * 86400) }

    /// The Unix second of a local time, given as the seconds that UTC would count for its date and time.
    ///
    /// A time that comes twice is the first of both; one that is skipped is as far behind the gap's start as
    /// it is written.
    package func instant(ofLocal local: Int64) -> Int64 {
        let before = offset(at: local - 86400)
        let after = offset(at: local + 86400)
        let early = local - Int64(before)
        if before == after || offset(at: early) == before { return early }
        let late = local - Int64(after)
        return offset(at: late) == after ? late : early
    }
}

extension Int64 {
    /// The quotient rounded down, also below zero.
    @inlinable package func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
