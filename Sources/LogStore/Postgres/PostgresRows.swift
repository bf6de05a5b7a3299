import LogModel

/// Rows as the parameters of one insertion: an array for each column, which `unnest` makes into rows again.
///
/// Measured against prepared multi-row VALUES, it is as fast and is the same statement for any number of rows.
struct PostgresRows {
    /// What a new record fills.
    static let columns: [PostgresColumn] = PostgresColumn.allCases.filter {
        ![.id, .resolved, .resolutionNote].contains($0)
    }

    private struct Target {
        let column: PostgresColumn
        let element: PostgresArray.Element
        let isRequired: Bool
        let limit: Int?
        /// How the element becomes the column's type, where assignment alone doesn't do it.
        let cast: String
        let isInteger: Bool
        let isLocal: Bool
    }

    private let targets: [Target]
    private let time: PostgresTime
    private let sql: String

    init(_ table: PostgresTable, _ columns: [PostgresColumn], _ time: PostgresTime) {
        self.time = time
        targets = columns.compactMap { column in
            table[column].map { found in
                Target(
                    column: column, element: PostgresRows.element(column, found.type),
                    isRequired: found.isRequired, limit: found.limit,
                    cast: found.type == .json ? "::json" : "", isInteger: found.type == .integer,
                    isLocal: found.type == .timestamp)
            }
        }
        let names = targets.map(\.column.quoted).joined(separator: ", ")
        let values = targets.map { "r." + $0.column.quoted + $0.cast }.joined(separator: ", ")
        let arrays = targets.enumerated().map { "$\($0.offset + 1)::\($0.element.element.arrayName)" }
            .joined(separator: ", ")
        sql = """
            INSERT INTO error_logs (\(names)) SELECT \(values) FROM unnest(\(arrays)) AS r (\(names))
            ON CONFLICT (event_id) DO NOTHING
            """
    }

    private static func element(
        _ column: PostgresColumn, _ type: PostgresTable.ColumnType
    ) -> PostgresArray.Element {
        switch (column.kind, type) {
        case (.number, _): .bigint
        case (.event, .uuid): .uuid
        case (.context, .jsonb): .jsonb
        case (.time, .timestamp): .timestamp
        case (.time, _): .timestamptz
        default: .text
        }
    }

    /// The insertion of these rows, and how many of their values had to be cut.
    func encode(_ rows: ArraySlice<StoredRecord>) -> (statement: PostgresStatement, cut: Int) {
        var cut = 0
        let parameters = targets.map { target in
            var array = PostgresArray(target.element, reserving: rows.count * 16)
            for row in rows { append(row, target, to: &array, &cut) }
            return PostgresStatement.Parameter.array(array)
        }
        return (PostgresStatement(sql, parameters), cut)
    }

    private func append(
        _ row: StoredRecord, _ target: Target, to array: inout PostgresArray, _ cut: inout Int
    ) {
        switch target.column.kind {
        case .time:
            let moment =
                switch target.column {
                case .timestamp: row.record.timestamp
                case .createdAt: row.createdAt
                default: row.resolved
                } as Timestamp?
            array.append(integer: moment.map { time.wire($0, isLocal: target.isLocal) })
        case .number:
            var number =
                target.column == .line ? row.record.line.map(Int64.init) : row.record.pid.map(Int64.init)
            if target.isInteger, let given = number, let fitting = Int32(exactly: given) == nil ? given : nil
            {
                number = Int64(Int32(clamping: fitting))
                cut += 1
            }
            array.append(integer: number ?? (target.isRequired ? 0 : nil))
        case .event where target.element == .uuid: array.append(uuid: row.record.id)
        case .event: array.append(text: row.record.id?.description)
        case .text, .context:
            let text = row.text(target.column) ?? (target.isRequired ? target.column.placeholder : nil)
            guard let limit = target.limit, let text, text.utf8.count > limit,
                let end = text.unicodeScalars.index(
                    text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
            else { return array.append(text: text) }
            cut += 1
            array.append(text: String(text[..<end]))
        }
    }
}

extension StoredRecord {
    fileprivate func text(_ column: PostgresColumn) -> String? {
        switch column {
        case .traceID: record.traceID
        case .level: record.level.description
        case .service: record.service
        case .module: record.module
        case .function: record.function
        case .message: record.message
        case .errorType: record.errorType
        case .stackTrace: record.stackTrace
        case .context: record.context
        case .logger: record.logger
        case .fingerprint: record.fingerprint
        case .host: record.host
        case .resolutionNote: resolutionNote
        default: nil
        }
    }
}

extension PostgresColumn {
    /// What stands in a column of somebody else's that takes no NULL, where there is nothing to say.
    fileprivate var placeholder: String { self == .context ? "{}" : "" }
}
