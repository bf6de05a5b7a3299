package import LogModel

extension PostgresStore {
    package func resolve(_ rows: [Int64], note: String?) throws(StoreError) -> ChangeCount {
        let table = try reading().table
        let isLocal = table.isLocal(.resolved)
        let type = isLocal ? "timestamp without time zone" : "timestamp with time zone"
        var note = note.map(LogRecord.storableText)
        if let limit = table[.resolutionNote]?.limit {
            note = note.map { String($0.unicodeScalars.prefix(limit)) }
        }
        return try change(
            rows, "resolved = $2::\(type), resolution_note = $3::text WHERE resolved IS NULL",
            [.text(time.text(clock.now(), isLocal: isLocal)), .text(note)])
    }

    package func reopen(_ rows: [Int64]) throws(StoreError) -> ChangeCount {
        try change(rows, "resolved = NULL, resolution_note = NULL WHERE resolved IS NOT NULL", [])
    }

    /// Runs a change on those of the rows that it concerns, all or none, and tells what became of each.
    private func change(
        _ rows: [Int64], _ change: String, _ values: [PostgresStatement.Parameter]
    ) throws(StoreError) -> ChangeCount {
        guard access != .read else { throw .misconfigured("the store was opened for reading only") }
        guard !rows.isEmpty else { return ChangeCount() }
        _ = try reading()
        var wanted = PostgresArray(.bigint)
        for row in rows { wanted.append(integer: row) }
        // Both parts see the table as it was before.
        let found = try ask(
            PostgresStatement(
                """
                WITH changed AS (UPDATE error_logs SET \(change) AND id = ANY ($1::bigint[]) RETURNING id)
                SELECT e.id, changed.id IS NOT NULL FROM error_logs AS e LEFT JOIN changed ON changed.id = e.id
                WHERE e.id = ANY ($1::bigint[])
                """, [.array(wanted)] + values)
        ).rows
        var changed: [Int64: Bool] = [:]
        for row in found { if let id = row[0].flatMap({ Int64($0) }) { changed[id] = row[1] == "t" } }
        var count = ChangeCount()
        for row in rows {
            switch changed[row] {
            case nil: count.missing.append(row)
            case .some(true):
                count.changed.append(row)
                // Whoever names it twice finds it changed.
                changed[row] = false
            case .some(false): count.unchanged.append(row)
            }
        }
        return count
    }

    package func delete(before: Timestamp, limit: Int) throws(StoreError) -> Int {
        guard access != .read else { throw .misconfigured("the store was opened for reading only") }
        let reading = try reading()
        func moment(_ column: PostgresColumn, _ number: Int) -> String {
            "\(column.quoted) < $\(number)::\(reading.momentType(column))"
        }
        func value(_ column: PostgresColumn) -> PostgresStatement.Parameter {
            .text(time.text(before, isLocal: reading.table.isLocal(column)))
        }
        // Also by the time of writing: what came late, or from a clock that is wrong, isn't gone at once. Rows
        // that are older than that column have none.
        let written = reading.table[.createdAt] != nil
        let condition = written ? " AND (created_at IS NULL OR \(moment(.createdAt, 2)))" : ""
        return try ask(
            PostgresStatement(
                """
                DELETE FROM error_logs WHERE id IN (
                    SELECT id FROM error_logs WHERE \(moment(.timestamp, 1))\(condition)
                    ORDER BY "timestamp" LIMIT \(limit)
                )
                """, written ? [value(.timestamp), value(.createdAt)] : [value(.timestamp)])
        ).affected
    }
}
