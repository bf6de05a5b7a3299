package import LogModel

extension PostgresStore {
    package func firstResolved(of fingerprints: Set<String>) throws(StoreError) -> [String: Timestamp] {
        let reading = try reading()
        let table = reading.table
        // Ours are hex digits; what else somebody may have put there was never told of.
        let wanted = fingerprints.filter { !$0.isEmpty && !$0.contains(",") && !$0.contains("\0") }
        guard table[.resolved] != nil, table[.fingerprint] != nil, !wanted.isEmpty else { return [:] }
        let others = table[.service] == nil ? "" : "AND service IS DISTINCT FROM '\(Probe.service)'"
        let rows = try ask(
            PostgresStatement(
                """
                SELECT fingerprint, \(PostgresReading.microseconds("min(\"timestamp\")")) FROM error_logs
                WHERE resolved IS NOT NULL \(others) AND fingerprint = ANY (string_to_array($1::text, ','))
                GROUP BY 1
                """, [.text(wanted.joined(separator: ","))])
        ).rows
        var found: [String: Timestamp] = [:]
        for row in rows {
            guard let fingerprint = row[0] else { continue }
            found[fingerprint] =
                time.timestamp(row[1], isLocal: table.isLocal(.timestamp)) ?? Timestamp(seconds: 0)
        }
        return found
    }
}
