import GRDB
package import LogModel

extension EmbeddedStore {
    package func statistics(
        since: Timestamp?, by grouping: StoreGrouping, zone: ZoneRules
    ) throws(StoreError) -> [StoreGroup] {
        let key =
            switch grouping {
            case .service: "service"
            case .type: "error_type"
            case .level: "level"
            case .fingerprint: "fingerprint"
            case .hour: "substr(timestamp, 1, 13) || (CAST(substr(timestamp, 15, 2) AS INTEGER) / 15)"
            }
        let sql = """
            SELECT \(key) AS key, count(*), min(timestamp), max(timestamp), sum(resolved IS NULL)
            FROM error_logs\(since == nil ? "" : " WHERE timestamp >= ?")
            GROUP BY 1 ORDER BY 2 DESC, 1
            """
        let groups = try withDatabase { database in
            try Row.fetchAll(
                database, sql: sql, arguments: since.map { [StoredTime.text($0)] } ?? []
            ).map { row in
                StoreGroup(
                    key: row.text(0), count: row.integer(1) ?? 0,
                    firstSeen: StoredTime.timestamp(row.text(2)) ?? Timestamp(seconds: 0),
                    lastSeen: StoredTime.timestamp(row.text(3)) ?? Timestamp(seconds: 0),
                    unresolved: row.integer(4) ?? 0)
            }
        }
        return grouping == .hour ? StoreGroup.hours(of: groups, zone: zone) : groups
    }
}
