/// What `error_logs` looks like in one database: the contract's own table, or one of another make (adoption).
struct PostgresTable: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        var type: ColumnType
        /// Characters that it holds; nil without a limit.
        var limit: Int?
        var isRequired: Bool
        /// The database has a value where none is given.
        var hasDefault: Bool
        /// The database makes every value itself.
        var isGenerated: Bool
    }

    enum ColumnType: Sendable, Equatable {
        case text, uuid, jsonb, json, integer, bigint, timestamp, timestamptz
        case other(String)

        init(_ name: String) {
            switch name {
            case "text", "character varying", "character": self = .text
            case "uuid": self = .uuid
            case "jsonb": self = .jsonb
            case "json": self = .json
            case "integer": self = .integer
            case "bigint": self = .bigint
            case "timestamp without time zone": self = .timestamp
            case "timestamp with time zone": self = .timestamptz
            default: self = .other(name)
            }
        }
    }

    struct Index: Sendable, Equatable {
        var columns: [String]
        var isUnique: Bool
        /// The condition of a partial index.
        var condition: String?
    }

    /// By name; those that the contract doesn't know as well.
    var columns: [String: Column] = [:]
    var indexes: [Index] = []

    subscript(_ column: PostgresColumn) -> Column? { columns[column.rawValue] }

    /// Whether the column's moments have no zone, and are local.
    func isLocal(_ column: PostgresColumn) -> Bool { self[column]?.type == .timestamp }

    var missingColumns: [PostgresColumn] { PostgresColumn.allCases.filter { self[$0] == nil } }

    var missingIndexes: [PostgresIndex] {
        PostgresIndex.allCases.filter { wanted in !indexes.contains { $0.serves(wanted) } }
    }

    /// Why this table can't be used, whatever is added to it.
    var unusable: [String] {
        var faults: [String] = []
        for column in PostgresColumn.allCases {
            guard let found = self[column] else {
                if PostgresColumn.essential.contains(column) {
                    faults.append("it has no column \(column.rawValue)")
                }
                continue
            }
            if !column.kind.accepts(found) {
                faults.append("its column \(column.rawValue) has the type \(found.type.name)")
            } else if found.isGenerated {
                faults.append("its column \(column.rawValue) is a generated one")
            }
        }
        for (name, column) in columns.sorted(by: { $0.key < $1.key }) {
            let isFilled = PostgresColumn(rawValue: name).map { $0 != .id } ?? false
            if !isFilled, column.isRequired, !column.hasDefault, !column.isGenerated {
                faults.append("its column \(name) is NOT NULL and has no default")
            }
        }
        return faults
    }
}

extension PostgresTable.ColumnType {
    var name: String {
        switch self {
        case .timestamp: "timestamp without time zone"
        case .timestamptz: "timestamp with time zone"
        case .other(let name): name
        default: "\(self)"
        }
    }
}

extension PostgresTable.Index {
    /// Whether it does what the contract's index is there for, whatever its name.
    func serves(_ wanted: PostgresIndex) -> Bool {
        guard columns == wanted.columns.map(\.rawValue) else { return false }
        if wanted.isUnique { return isUnique && condition == nil }
        guard let rows = wanted.condition else { return condition == nil }
        return condition?.contains(rows) == true
    }
}

extension PostgresColumn.Kind {
    func accepts(_ column: PostgresTable.Column) -> Bool {
        switch (self, column.type) {
        case (.number, .integer), (.number, .bigint), (.time, .timestamp), (.time, .timestamptz): true
        case (.text, .text), (.event, .uuid), (.context, .jsonb), (.context, .json), (.context, .text): true
        // The text of a UUID must have room.
        case (.event, .text): column.limit.map { $0 >= 36 } ?? true
        default: false
        }
    }
}
