/// What has to be done so that a database has the contract's table; made from what is there, so that doing it twice
/// does nothing (contract section 5).
struct PostgresMigration: Sendable, Equatable {
    /// The version of the schema that this program writes; a change of the table raises it.
    static let version = 1

    /// Names of what is missing, for the operator.
    private(set) var missing: [String] = []
    /// Whether rows can be written without it.
    private(set) var isOptional = true
    /// SQL that makes it, in this order.
    private(set) var statements: [String] = []

    /// The way from this table (none where it is nil) to the contract's.
    init(from table: PostgresTable?) {
        guard let table else {
            missing = ["the table error_logs"]
            isOptional = false
            let columns = PostgresColumn.allCases.map { "    " + $0.definition }.joined(separator: ",\n")
            statements = ["CREATE TABLE IF NOT EXISTS error_logs (\n\(columns)\n)"]
            statements += PostgresIndex.allCases.map(\.definition)
            return
        }
        for column in table.missingColumns {
            missing.append("the column \(column.rawValue)")
            statements += column.addition
            isOptional = false
        }
        for index in table.missingIndexes {
            missing.append("an index on \(index.columns.map(\.rawValue).joined(separator: ", "))")
            statements.append(index.definition)
            if index.isUnique { isOptional = false }
        }
    }

    var isEmpty: Bool { statements.isEmpty }

    /// Everything in one transaction, one process at a time; `lockTimeout` milliseconds, so that a long transaction
    /// of somebody else's doesn't make all others queue up behind this one.
    func transaction(lockTimeout: Int) -> [PostgresStatement] {
        [
            PostgresStatement(
                "SELECT set_config('lock_timeout', $1, true)", [.text(String(lockTimeout))]),
            // "hntu" and the table's own number.
            PostgresStatement("SELECT pg_advisory_xact_lock(1752069237, 1)"),
        ] + statements.map { PostgresStatement($0) }
    }

    /// Notes the version down; what has no right to make the table for it goes without.
    static let record: [PostgresStatement] = [
        PostgresStatement(
            """
            CREATE TABLE IF NOT EXISTS hantu_migrations (
                version integer PRIMARY KEY,
                applied_at timestamp with time zone NOT NULL DEFAULT now()
            )
            """),
        PostgresStatement(
            "INSERT INTO hantu_migrations (version) VALUES (\(version)) ON CONFLICT DO NOTHING"),
    ]
}
