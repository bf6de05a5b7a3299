/// How the database tells what `error_logs` looks like.
enum PostgresInspection {
    /// The first `error_logs` on the search path: its kind, whether each table is there, and the columns.
    static let statements: [PostgresStatement] = [
        PostgresStatement(
            """
            SELECT c.relkind, to_regclass('hantu_migrations') IS NOT NULL
            FROM (SELECT to_regclass('error_logs') AS oid) AS found
            LEFT JOIN pg_catalog.pg_class AS c ON c.oid = found.oid
            """),
        // A domain is what it is over.
        PostgresStatement(
            """
            SELECT a.attname,
                pg_catalog.format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), NULL),
                CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
                a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '',
                a.attgenerated <> '' OR a.attidentity = 'a'
            FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass('error_logs') AND a.attnum > 0 AND NOT a.attisdropped
            """),
        PostgresStatement(
            """
            SELECT i.indisunique, pg_catalog.pg_get_expr(i.indpred, i.indrelid),
                (SELECT string_agg(coalesce(a.attname, ''), ',' ORDER BY k.place)
                    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
                    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                    WHERE k.place <= i.indnkeyatts)
            FROM pg_catalog.pg_index AS i
            WHERE i.indrelid = to_regclass('error_logs') AND i.indisvalid AND i.indisready
            """),
    ]

    static let version = PostgresStatement("SELECT max(version) FROM hantu_migrations")

    struct Findings: Sendable, Equatable {
        /// nil where there is none.
        var table: PostgresTable?
        /// Something else has the name: pg_class's letter for it.
        var otherKind: String?
        var hasVersions = false
    }

    /// Reads the answers to `statements`.
    static func findings(_ results: [PostgresResult]) -> Findings {
        var findings = Findings()
        guard results.count == 3, let first = results[0].rows.first else { return findings }
        findings.hasVersions = first[1] == "t"
        guard let kind = first[0] else { return findings }
        guard kind == "r" || kind == "p" else {
            findings.otherKind = kind
            return findings
        }
        var table = PostgresTable()
        for row in results[1].rows {
            guard let name = row[0] else { continue }
            let modifier = row[2].flatMap { Int($0) } ?? -1
            let type = PostgresTable.ColumnType(row[1] ?? "")
            table.columns[name] = PostgresTable.Column(
                // The modifier of a text type is its length and four.
                type: type, limit: type == .text && modifier > 4 ? modifier - 4 : nil,
                isRequired: row[3] == "t", hasDefault: row[4] == "t",
                // An identity that is always generated is the number's own business.
                isGenerated: row[5] == "t" && name != PostgresColumn.id.rawValue)
        }
        table.indexes = results[2].rows.map { row in
            PostgresTable.Index(
                columns: (row[2] ?? "").split(separator: ",", omittingEmptySubsequences: false)
                    .map(String.init),
                isUnique: row[0] == "t", condition: row[1])
        }
        findings.table = table
        return findings
    }
}
