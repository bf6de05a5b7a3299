import GRDB
package import LogModel

extension EmbeddedStore {
    package func firstResolved(of fingerprints: Set<String>) throws(StoreError) -> [String: Timestamp] {
        var found: [String: Timestamp] = [:]
        let all = Array(fingerprints)
        // SQLite takes so many parameters and more.
        for start in stride(from: 0, to: all.count, by: 500) {
            let some = all[start..<min(start + 500, all.count)]
            let sql = """
                SELECT fingerprint, min(timestamp) FROM error_logs
                WHERE resolved IS NOT NULL AND service IS NOT '\(Probe.service)'
                    AND fingerprint IN (\(some.map { _ in "?" }.joined(separator: ", ")))
                GROUP BY 1
                """
            let rows = try withDatabase { database in
                try Row.fetchAll(database, sql: sql, arguments: StatementArguments(some))
            }
            for row in rows {
                guard let fingerprint = row.text(0) else { continue }
                found[fingerprint] = StoredTime.timestamp(row.text(1)) ?? Timestamp(seconds: 0)
            }
        }
        return found
    }
}
