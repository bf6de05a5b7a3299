import LogModel

/// Which records are wanted; what is nil doesn't matter.
struct RecordQuery {
    var minimumLevel: Severity?
    var service: String?
    var loggerPrefix: String?
    /// The day of the file, which is the record's own.
    var date: CivilDate?
    var since: Timestamp?
    var pattern: SearchPattern?
    /// How many at most, the last ones; all for `Int.max`.
    var limit = 50

    /// Whether a file of this day can have any such record.
    func canBeOn(_ day: CivilDate, zone: ZoneRules) -> Bool {
        if let date, date != day { return false }
        if let since, zone.date(of: since) > day { return false }
        return true
    }
}
