import GRDB
package import LogModel

extension EmbeddedStore {
    package func resolve(_ rows: [Int64], note: String?) throws(StoreError) -> ChangeCount {
        try change(
            rows,
            sql: "UPDATE error_logs SET resolved = ?, resolution_note = ? WHERE id = ? AND resolved IS NULL",
            values: [StoredTime.text(clock.now()), note.map(LogRecord.storableText)])
    }

    package func reopen(_ rows: [Int64]) throws(StoreError) -> ChangeCount {
        try change(
            rows,
            sql: """
                UPDATE error_logs SET resolved = NULL, resolution_note = NULL
                WHERE id = ? AND resolved IS NOT NULL
                """, values: [])
    }

    /// Runs a change on each row, all or none.
    private func change(
        _ rows: [Int64], sql: String, values: [(any DatabaseValueConvertible)?]
    ) throws(StoreError) -> ChangeCount {
        guard !rows.isEmpty else { return ChangeCount() }
        return try withDatabase(writing: true) { database in
            var count = ChangeCount()
            try database.inTransaction(.immediate) {
                for row in rows {
                    try database.execute(sql: sql, arguments: StatementArguments(values + [row]))
                    if database.changesCount > 0 {
                        count.changed.append(row)
                    } else if try Bool.fetchOne(
                        database, sql: "SELECT 1 FROM error_logs WHERE id = ?", arguments: [row]) != nil
                    {
                        count.unchanged.append(row)
                    } else {
                        count.missing.append(row)
                    }
                }
                return .commit
            }
            return count
        }
    }

    package func delete(before: Timestamp, limit: Int) throws(StoreError) -> Int {
        let time = StoredTime.text(before)
        return try withDatabase(writing: true) { database in
            // Also by the time of writing: what came late, or from a clock that is wrong, isn't gone at once.
            try database.execute(
                sql: """
                    DELETE FROM error_logs WHERE id IN (
                        SELECT id FROM error_logs WHERE timestamp < ? AND created_at < ?
                        ORDER BY timestamp LIMIT ?
                    )
                    """, arguments: [time, time, limit])
            return database.changesCount
        }
    }
}
