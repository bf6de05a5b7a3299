import GRDB
import LogModel

extension EmbeddedStore {
    package func records(matching query: StoreQuery) throws(StoreError) -> [StoredRecord] {
        if let limit = query.limit, limit <= 0 { return [] }
        var conditions = Conditions(query)
        // A limit only helps SQLite where nothing is left out afterwards.
        if query.matches == nil, let limit = query.limit { conditions.arguments.append(limit) }
        let sql = """
            SELECT \(Columns.list) FROM error_logs\(conditions.clause)
            ORDER BY timestamp DESC, id DESC\(query.matches == nil && query.limit != nil ? " LIMIT ?" : "")
            """
        return try withDatabase { database in
            var newest: [StoredRecord] = []
            let rows = try Row.fetchCursor(
                database.cachedStatement(sql: sql), arguments: StatementArguments(conditions.arguments))
            while let row = try rows.next() {
                let record = Columns.record(row)
                if let matches = query.matches, !matches(record) { continue }
                newest.append(record)
                if newest.count == query.limit { break }
            }
            newest.reverse()
            return newest
        }
    }

    package func find(_ reference: RecordReference) throws(StoreError) -> RecordLookup {
        try withDatabase { database in
            if let number = reference.row,
                let row = try Row.fetchOne(
                    database, sql: "SELECT \(Columns.list) FROM error_logs WHERE id = ?", arguments: [number])
            {
                return .found(Columns.record(row))
            }
            guard let prefix = reference.eventPrefix else { return .missing }
            // "g" is behind every hex digit and the hyphen.
            let records = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Columns.list) FROM error_logs WHERE event_id >= ? AND event_id < ?
                    ORDER BY event_id LIMIT 10
                    """, arguments: [prefix, prefix + "g"]
            ).map(Columns.record)
            guard let first = records.first else { return .missing }
            return records.count == 1 ? .found(first) : .ambiguous(records.compactMap(\.record.id))
        }
    }

    /// Rows in the order of their numbers, behind `row`, at most `limit`: for going through the whole table.
    package func rows(after row: Int64, limit: Int) throws(StoreError) -> [StoredRecord] {
        try withDatabase { database in
            try Row.fetchAll(
                database, sql: "SELECT \(Columns.list) FROM error_logs WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [row, limit]
            ).map(Columns.record)
        }
    }

    package func count() throws(StoreError) -> Int {
        try withDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM error_logs") ?? 0 }
    }
}

/// A query's conditions, as SQL with parameters only.
private struct Conditions {
    private var clauses: [String] = []
    var arguments: [(any DatabaseValueConvertible)?] = []

    init(_ query: StoreQuery) {
        if query.unresolvedOnly { clauses.append("resolved IS NULL") }
        if let service = query.service { add("service = ?", LogRecord.storableText(service)) }
        if let level = query.minimumLevel, level > .debug {
            let levels = Severity.allCases.filter { $0 >= level }
            clauses.append("level IN (\(levels.map { _ in "?" }.joined(separator: ", ")))")
            arguments += levels.map(\.description)
        }
        if let since = query.since { add("timestamp >= ?", StoredTime.text(since)) }
        if let until = query.until { add("timestamp < ?", StoredTime.text(until)) }
        if let trace = query.traceID { add("trace_id = ?", LogRecord.storableText(trace)) }
        if let fingerprint = query.fingerprint {
            add("fingerprint = ?", LogRecord.storableText(fingerprint))
        }
        if let after = query.after { add("id > ?", after) }
    }

    private mutating func add(_ clause: String, _ argument: some DatabaseValueConvertible) {
        clauses.append(clause)
        arguments.append(argument)
    }

    var clause: String { clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ") }
}

/// The columns of a row as they are selected, and the record that they make.
private enum Columns {
    static let list = """
        id, event_id, timestamp, trace_id, level, service, module, function, message, error_type, stack_trace, \
        context, logger, line, fingerprint, host, pid, created_at, resolved, resolution_note
        """

    static func record(_ row: Row) -> StoredRecord {
        let service = row.text(5) ?? ""
        let module = row.text(6)
        let record = LogRecord(
            timestamp: StoredTime.timestamp(row.text(2)) ?? Timestamp(seconds: 0),
            level: row.text(4).flatMap { Severity(name: $0) } ?? .error, service: service,
            logger: row.text(12) ?? module ?? service, module: module, function: row.text(7),
            line: row.integer(13), message: row.text(8) ?? "", traceID: row.text(3), errorType: row.text(9),
            stackTrace: row.text(10), context: row.text(11), id: row.text(1).flatMap { EventID($0.utf8) },
            fingerprint: row.text(14), host: row.text(15), pid: row.integer(16))
        return StoredRecord(
            row: row.integer(0) ?? 0, record: record, createdAt: StoredTime.timestamp(row.text(17)),
            resolved: StoredTime.timestamp(row.text(18)), resolutionNote: row.text(19))
    }
}

/// SQLite holds any type in any column, and operators write with tools of their own: a value of another type is
/// read as well as it can be, where GRDB's own subscripts would end the process.
extension Row {
    func text(_ column: Int) -> String? {
        let value: DatabaseValue = self[column]
        switch value.storage {
        case .null: return nil
        case .string(let text): return text
        case .blob(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .int64(let number): return String(number)
        case .double(let number): return String(number)
        }
    }

    func integer<Integer: FixedWidthInteger>(_ column: Int) -> Integer? {
        let value: DatabaseValue = self[column]
        switch value.storage {
        case .int64(let number): return Integer(exactly: number)
        case .string(let text): return Integer(text)
        case .null, .double, .blob: return nil
        }
    }
}
