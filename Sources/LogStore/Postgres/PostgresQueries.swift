package import LogModel

extension PostgresStore {
    /// Rows that are fetched at once; a record may have a mebibyte.
    private static let page = 200

    package func records(matching query: StoreQuery) throws(StoreError) -> [StoredRecord] {
        if let limit = query.limit, limit <= 0 { return [] }
        let reading = try reading()
        var newest: [StoredRecord] = []
        var last: [String?]?
        while true {
            var conditions = PostgresConditions(query, reading)
            // Page by page behind the last row, so that no cursor has to live on between two statements.
            if let last { conditions.continueBehind(last) }
            var size = PostgresStore.page
            if query.matches == nil, let limit = query.limit { size = min(size, limit - newest.count) }
            let rows = try ask(
                PostgresStatement(
                    """
                    SELECT \(reading.list) FROM error_logs\(conditions.clause)
                    ORDER BY "timestamp" DESC, id DESC LIMIT \(size)
                    """, conditions.parameters)
            ).rows
            for row in rows {
                let record = reading.record(row)
                if let matches = query.matches, !matches(record) { continue }
                newest.append(record)
                if newest.count == query.limit { break }
            }
            guard rows.count == size, newest.count != query.limit else { break }
            last = rows.last
        }
        newest.reverse()
        return newest
    }

    package func find(_ reference: RecordReference) throws(StoreError) -> RecordLookup {
        let reading = try reading()
        if let number = reference.row {
            let rows = try ask(
                PostgresStatement(
                    "SELECT \(reading.list) FROM error_logs WHERE id = $1::bigint", [.text(String(number))])
            ).rows
            if let row = rows.first { return .found(reading.record(row)) }
        }
        guard let prefix = reference.eventPrefix, let event = reading.table[.eventID] else { return .missing }
        // The first and the last UUID that begin so.
        let pattern = "00000000-0000-0000-0000-000000000000"
        let rest = pattern.dropFirst(prefix.count)
        let type = event.type == .uuid ? "::uuid" : "::text COLLATE \"C\""
        let records = try ask(
            PostgresStatement(
                """
                SELECT \(reading.list) FROM error_logs WHERE event_id >= $1\(type) AND event_id <= $2\(type)
                ORDER BY event_id LIMIT 10
                """,
                [.text(prefix + rest), .text(prefix + String(rest.map { $0 == "0" ? "f" : $0 }))])
        ).rows.map(reading.record)
        guard let first = records.first else { return .missing }
        return records.count == 1 ? .found(first) : .ambiguous(records.compactMap(\.record.id))
    }

    package func count() throws(StoreError) -> Int {
        _ = try reading()
        return try ask(PostgresStatement("SELECT count(*) FROM error_logs")).rows.first?.first
            .flatMap { $0.flatMap { Int($0) } } ?? 0
    }

    package func statistics(
        since: Timestamp?, by grouping: StoreGrouping, zone: ZoneRules
    ) throws(StoreError) -> [StoreGroup] {
        let reading = try reading()
        var query = StoreQuery()
        query.since = since
        let conditions = PostgresConditions(query, reading)
        let table = reading.table
        func text(_ column: PostgresColumn) -> String {
            table[column] == nil ? "NULL::text" : "\(column.quoted)::text COLLATE \"C\""
        }
        let key =
            switch grouping {
            case .service: text(.service)
            case .type: text(.errorType)
            case .level: text(.level)
            case .fingerprint: text(.fingerprint)
            case .hour: "floor(extract(epoch FROM \"timestamp\") / 900)::bigint::text"
            }
        let unresolved = table[.resolved] == nil ? "count(*)" : "count(*) FILTER (WHERE resolved IS NULL)"
        let groups = try ask(
            PostgresStatement(
                """
                SELECT \(key), count(*), \(PostgresReading.microseconds("min(\"timestamp\")")),
                    \(PostgresReading.microseconds("max(\"timestamp\")")), \(unresolved)
                FROM error_logs\(conditions.clause) GROUP BY 1 ORDER BY 2 DESC, 1 NULLS FIRST
                """, conditions.parameters)
        ).rows.map { row in
            let isLocal = table.isLocal(.timestamp)
            return StoreGroup(
                key: row[0], count: row[1].flatMap { Int($0) } ?? 0,
                firstSeen: time.timestamp(row[2], isLocal: isLocal) ?? Timestamp(seconds: 0),
                lastSeen: time.timestamp(row[3], isLocal: isLocal) ?? Timestamp(seconds: 0),
                unresolved: row[4].flatMap { Int($0) } ?? 0)
        }
        return grouping == .hour ? StoreGroup.hours(of: groups, zone: zone) : groups
    }

    /// How the table is read; `StoreError.absent` where there is none and none may be made.
    func reading() throws(StoreError) -> PostgresReading {
        let table = try table()
        guard !table.columns.isEmpty else { throw .absent("Postgres (error_logs)") }
        return PostgresReading(table: table, time: time)
    }
}

extension PostgresConditions {
    /// Only rows that come behind this one, newest first. A moment that is no number is infinity, the newest.
    fileprivate mutating func continueBehind(_ row: [String?]) {
        let places = Dictionary(uniqueKeysWithValues: PostgresColumn.allCases.enumerated().map { ($1, $0) })
        let moment = places[.timestamp].flatMap { row[$0] }.flatMap { Int64($0) }
        let id = placeholder(.text(places[.id].flatMap { row[$0] } ?? "0"))
        let behind = placeholder(.text(nominal(moment)))
        add(raw: "(\"timestamp\", id) < (\(behind)::\(momentType), \(id)::bigint)")
    }
}
