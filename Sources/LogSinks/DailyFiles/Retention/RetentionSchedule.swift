package import LogModel

/// When the files are looked through: at start, at midnight, when yesterday is closed, and hourly.
package enum RetentionSchedule {
    /// For so many seconds after midnight yesterday's file still gets late records and is left as it is.
    package static let grace: Int64 = 900

    /// The Unix second of the next check after one at `now`.
    package static func next(after now: Int64, zone: ZoneRules) -> Int64 {
        let today = zone.date(of: Timestamp(seconds: now))
        let midnight = zone.startOfDay(today)
        let hour = (now.flooredDivision(by: 3600) + 1) * 3600
        let others = [midnight + grace, zone.startOfDay(today.adding(days: 1))].filter { $0 > now }
        return min(hour, others.min() ?? hour)
    }

    /// Days before this one are closed.
    package static func closedBefore(_ now: Int64, zone: ZoneRules) -> CivilDate {
        zone.date(of: Timestamp(seconds: now - grace))
    }
}
