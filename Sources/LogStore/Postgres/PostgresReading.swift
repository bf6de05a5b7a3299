import LogModel

/// How rows are selected from a table whatever its make, and the records that they make.
struct PostgresReading {
    let table: PostgresTable
    let time: PostgresTime

    /// The columns of a select, in the order of `PostgresColumn`; NULL for those that the table hasn't got yet.
    var list: String {
        PostgresColumn.allCases.map { column in
            guard table[column] != nil else { return "NULL" }
            guard column.kind == .time else { return column.quoted }
            return PostgresReading.microseconds(column.quoted)
        }.joined(separator: ", ")
    }

    /// A moment as microseconds since 1970; NULL for infinity.
    static func microseconds(_ expression: String) -> String {
        "CASE WHEN isfinite(\(expression)) THEN (extract(epoch FROM \(expression)) * 1000000)::bigint END"
    }

    func record(_ row: [String?]) -> StoredRecord {
        let values = Dictionary(uniqueKeysWithValues: zip(PostgresColumn.allCases, row))
        func text(_ column: PostgresColumn) -> String? { values[column] ?? nil }
        func moment(_ column: PostgresColumn) -> Timestamp? {
            time.timestamp(text(column), isLocal: table.isLocal(column))
        }
        let service = text(.service) ?? ""
        let module = text(.module)
        let record = LogRecord(
            timestamp: moment(.timestamp) ?? Timestamp(seconds: 0),
            level: text(.level).flatMap { Severity(name: $0) } ?? .error, service: service,
            logger: text(.logger) ?? module ?? service, module: module, function: text(.function),
            line: text(.line).flatMap { Int($0) }, message: text(.message) ?? "", traceID: text(.traceID),
            errorType: text(.errorType), stackTrace: text(.stackTrace), context: context(text(.context)),
            id: text(.eventID).flatMap { EventID($0.utf8) }, fingerprint: text(.fingerprint),
            host: text(.host), pid: text(.pid).flatMap { Int32($0) })
        return StoredRecord(
            row: text(.id).flatMap { Int64($0) } ?? 0, record: record, createdAt: moment(.createdAt),
            resolved: moment(.resolved), resolutionNote: text(.resolutionNote))
    }

    /// jsonb is written with spaces, which are no part of what was logged.
    private func context(_ text: String?) -> String? {
        table[.context]?.type == .jsonb ? text.map(LogRecord.compactJSON) : text
    }
}

/// A query's conditions, as SQL with parameters only.
struct PostgresConditions {
    private(set) var clauses: [String] = []
    private(set) var parameters: [PostgresStatement.Parameter] = []
    private let reading: PostgresReading

    init(_ query: StoreQuery, _ reading: PostgresReading) {
        self.reading = reading
        if query.unresolvedOnly, has(.resolved) { clauses.append("resolved IS NULL") }
        if let service = query.service { add(.service, "= $", service) }
        if let level = query.minimumLevel, level > .debug {
            let names = Severity.allCases.filter { $0 >= level }.map(\.description)
            add("level = ANY (string_to_array($, ','))", .text(names.joined(separator: ",")), needing: .level)
        }
        if let since = query.since { add(time: ">=", since) }
        if let until = query.until { add(time: "<", until) }
        if let trace = query.traceID { add(.traceID, "= $", trace) }
        if let fingerprint = query.fingerprint { add(.fingerprint, "= $", fingerprint) }
        if let after = query.after { add("id > $::bigint", .text(String(after)), needing: .id) }
    }

    private func has(_ column: PostgresColumn) -> Bool { reading.table[column] != nil }

    private mutating func add(_ column: PostgresColumn, _ test: String, _ value: String) {
        add("\(column.quoted) \(test)::text", .text(LogRecord.storableText(value)), needing: column)
    }

    private mutating func add(time comparison: String, _ moment: Timestamp) {
        add(
            "\"timestamp\" \(comparison) $::\(reading.momentType(.timestamp))",
            .text(reading.time.text(moment, isLocal: reading.table.isLocal(.timestamp))), needing: .timestamp)
    }

    /// Adds a condition with `$` where the parameter's number goes. In a table without the column nothing matches.
    mutating func add(_ clause: String, _ value: PostgresStatement.Parameter, needing column: PostgresColumn)
    {
        guard has(column) else { return clauses.append("false") }
        parameters.append(value)
        clauses.append(number(clause))
    }

    /// Adds a parameter of another part of the statement, and says how it is called.
    mutating func placeholder(_ value: PostgresStatement.Parameter) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    mutating func add(raw clause: String) { clauses.append(clause) }

    var momentType: String { reading.momentType(.timestamp) }

    /// A moment that was selected from the table, as a parameter to be compared with its column.
    func nominal(_ microseconds: Int64?) -> String {
        guard let microseconds else { return "infinity" }
        let isLocal = reading.table.isLocal(.timestamp)
        let moment = PostgresTime(zone: .utc).timestamp(String(microseconds), isLocal: false)
        return moment.map { StoredTime.text($0) + (isLocal ? "" : "+00") } ?? "infinity"
    }

    private func number(_ clause: String) -> String {
        clause.split(separator: "$", omittingEmptySubsequences: false).joined(
            separator: "$\(parameters.count)")
    }

    var clause: String { clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ") }
}

extension PostgresReading {
    func momentType(_ column: PostgresColumn) -> String {
        table.isLocal(column) ? "timestamp without time zone" : "timestamp with time zone"
    }
}
