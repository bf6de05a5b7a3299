import LogModel

/// Moments as the columns of Postgres hold them: to the microsecond, and local where a column has no zone.
///
/// Everything goes over the wire as numbers, so that neither the server's `DateStyle` nor its `TimeZone` matters.
struct PostgresTime {
    /// `files.time_zone`, in which columns without a zone are.
    let zone: ZoneRules

    /// 2000-01-01T00:00:00Z, from which Postgres counts.
    private static let epoch: Int64 = 946_684_800

    /// What a binary parameter says: microseconds since 2000.
    func wire(_ time: Timestamp, isLocal: Bool) -> Int64 {
        let seconds = StoredTime.clamped(time.seconds)
        let shift = isLocal ? Int64(zone.offset(at: seconds)) : 0
        return (seconds + shift - PostgresTime.epoch) * 1_000_000
            + Int64(min(time.nanoseconds, 999_999_999) / 1000)
    }

    /// A parameter that is compared with a column.
    func text(_ time: Timestamp, isLocal: Bool) -> String {
        var moment = time
        if isLocal { moment.seconds += Int64(zone.offset(at: StoredTime.clamped(time.seconds))) }
        return StoredTime.text(moment) + (isLocal ? "" : "+00")
    }

    /// The moment of a column, selected as microseconds since 1970, with as many digits as say something.
    func timestamp(_ text: String?, isLocal: Bool) -> Timestamp? {
        guard let microseconds = text.flatMap({ Int64($0) }) else { return nil }
        var seconds = microseconds.flooredDivision(by: 1_000_000)
        let fraction = UInt32(microseconds - seconds * 1_000_000)
        if isLocal { seconds = zone.instant(ofLocal: seconds) }
        return Timestamp(
            seconds: seconds, nanoseconds: fraction * 1000,
            precision: fraction == 0 ? 0 : fraction % 1000 == 0 ? 3 : 6)
    }
}
