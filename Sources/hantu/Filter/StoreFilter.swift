import LogModel
import LogStore

extension RecordQuery {
    /// The same for the error store. A day is the record's own, from midnight to midnight.
    func storeQuery(zone: ZoneRules) -> StoreQuery {
        var query = StoreQuery()
        query.minimumLevel = minimumLevel
        query.service = service
        query.since = since
        query.limit = limit
        if let date {
            let start = Timestamp(seconds: zone.startOfDay(date))
            query.since = max(since ?? start, start)
            query.until = Timestamp(seconds: zone.startOfDay(date.adding(days: 1)))
        }
        if let pattern { query.matches = { pattern.occurs(in: $0.record) } }
        return query
    }
}

extension SearchPattern {
    /// Whether it occurs in one of the record's texts.
    func occurs(in record: LogRecord) -> Bool {
        let texts = [
            record.message, record.stackTrace, record.errorType, record.logger, record.module,
            record.function,
            record.service, record.traceID, record.context, record.level.description,
        ]
        return texts.contains { text in
            guard var text else { return false }
            return text.withUTF8 { occurs(in: $0) }
        }
    }
}
