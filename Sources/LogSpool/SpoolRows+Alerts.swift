internal import GRDB

/// The rows of the alerts' state.
extension SpoolRows {
    func save(_ alert: AlertRow) throws {
        guard let state = alert.state else {
            return try db.cachedStatement(sql: "DELETE FROM alert WHERE chat = ? AND name = ?")
                .execute(arguments: [alert.chat, alert.name])
        }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO alert (chat, name, state, checksum) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [alert.chat, alert.name, state, checksum(of: alert, state)])
    }

    /// All rows that can be trusted, and how many can't.
    func alerts() throws -> (rows: [AlertRow], damaged: Int) {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT chat, name, state, checksum FROM alert ORDER BY chat, name"))
        var alerts: [AlertRow] = []
        var damaged = 0
        while let row = try cursor.next() {
            guard case .string(let chat) = (row[0] as DatabaseValue).storage,
                case .string(let name) = (row[1] as DatabaseValue).storage,
                case .string(let state) = (row[2] as DatabaseValue).storage,
                case .int64(let found) = (row[3] as DatabaseValue).storage
            else {
                damaged += 1
                continue
            }
            let alert = AlertRow(chat: chat, name: name, state: state)
            if checksum(of: alert, state) == found { alerts.append(alert) } else { damaged += 1 }
        }
        return (alerts, damaged)
    }

    func copyAlerts(into other: SpoolRows) throws {
        for alert in try alerts().rows { try other.save(alert) }
    }

    private func checksum(of alert: AlertRow, _ state: String) -> Int64 {
        checksum(of: alert.chat + "\0" + alert.name + "\0" + state)
    }
}

extension SpoolCore {
    /// Saves these rows in a commit of their own.
    mutating func save(_ alerts: [AlertRow]) throws(SpoolError) {
        guard !alerts.isEmpty else { return }
        try commit(before: .advanceBeforeCommit, after: .advanceAfterCommit) { (_, rows) in
            for alert in alerts { try rows.save(alert) }
        }
    }
}
