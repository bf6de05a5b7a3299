import LogModel

/// Rows in the two forms in which they are written.
///
/// As one insertion: an array for each column, which `unnest` makes into rows again; the same statement for any
/// number of rows, and it leaves out events that are there. And as the data of COPY, which costs the server half as
/// much, but is refused as a whole because of one row.
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
    private let insertion: String
    /// The command behind which the rows follow.
    let copy: String

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
        copy = "COPY error_logs (\(names)) FROM STDIN (FORMAT binary)"
        insertion = """
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
            for row in rows { array.append(value(of: row, target, &cut)) }
            return PostgresStatement.Parameter.array(array)
        }
        return (PostgresStatement(insertion, parameters), cut)
    }

    /// The same rows for COPY, and how many of their values had to be cut.
    func encodeCopy(_ rows: ArraySlice<StoredRecord>) -> (data: [UInt8], cut: Int) {
        var cut = 0
        var data = PostgresCopyData(reserving: rows.reduce(0) { $0 + $1.roughSize })
        for row in rows {
            data.beginRow(columns: targets.count)
            for target in targets {
                data.append(
                    value(of: row, target, &cut), isInteger: target.isInteger,
                    isJSONB: target.element == .jsonb)
            }
        }
        return (data.finished(), cut)
    }

    private func value(of row: StoredRecord, _ target: Target, _ cut: inout Int) -> PostgresValue {
        switch target.column.kind {
        case .time:
            let moment =
                switch target.column {
                case .timestamp: row.record.timestamp
                case .createdAt: row.createdAt
                default: row.resolved
                } as Timestamp?
            return moment.map { .integer(time.wire($0, isLocal: target.isLocal)) } ?? .null
        case .number:
            let number =
                target.column == .line ? row.record.line.map(Int64.init) : row.record.pid.map(Int64.init)
            guard let number else { return target.isRequired ? .integer(0) : .null }
            guard target.isInteger, Int32(exactly: number) == nil else { return .integer(number) }
            cut += 1
            return .integer(Int64(Int32(clamping: number)))
        case .event:
            guard let id = row.record.id else { return .null }
            return target.element == .uuid ? .uuid(id) : .text(id.description)
        case .text, .context:
            guard let text = row.text(target.column) ?? (target.isRequired ? target.column.placeholder : nil)
            else { return .null }
            guard let limit = target.limit, text.utf8.count > limit,
                let end = text.unicodeScalars.index(
                    text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
            else { return .text(text) }
            cut += 1
            return .text(String(text[..<end]))
        }
    }
}

/// One value on its way into a column.
enum PostgresValue: Sendable, Equatable {
    case null
    /// A number, or a moment in microseconds since 2000.
    case integer(Int64)
    case uuid(EventID)
    case text(String)
}

extension StoredRecord {
    fileprivate var roughSize: Int {
        400 + record.message.utf8.count + (record.stackTrace?.utf8.count ?? 0)
            + (record.context?.utf8.count ?? 0)
    }

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
