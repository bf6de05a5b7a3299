import GRDB
import LogModel

/// The embedded store's tables, version by version; what is written here never changes, a change is a new version.
///
/// Times are text as `StoredTime` writes it, `event_id` a UUID in lower case with hyphens, `level` one of the five
/// names, `context` the text of a JSON object.
enum EmbeddedSchema {
    private static let versions: [[String]] = [
        [
            """
            CREATE TABLE IF NOT EXISTS error_logs (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                event_id TEXT UNIQUE,
                timestamp TEXT NOT NULL,
                trace_id TEXT,
                level TEXT NOT NULL,
                service TEXT NOT NULL,
                module TEXT,
                function TEXT,
                message TEXT NOT NULL,
                error_type TEXT,
                stack_trace TEXT,
                context TEXT,
                logger TEXT,
                line INTEGER,
                fingerprint TEXT,
                host TEXT,
                pid INTEGER,
                created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
                resolved TEXT,
                resolution_note TEXT
            )
            """,
            "CREATE INDEX IF NOT EXISTS error_logs_timestamp ON error_logs (timestamp)",
            """
            CREATE INDEX IF NOT EXISTS error_logs_service_level_timestamp
            ON error_logs (service, level, timestamp)
            """,
            "CREATE INDEX IF NOT EXISTS error_logs_trace_id ON error_logs (trace_id)",
            "CREATE INDEX IF NOT EXISTS error_logs_fingerprint ON error_logs (fingerprint)",
            "CREATE INDEX IF NOT EXISTS error_logs_unresolved ON error_logs (timestamp) WHERE resolved IS NULL",
        ],
        [
            """
            CREATE INDEX IF NOT EXISTS error_logs_resolved ON error_logs (fingerprint, timestamp)
            WHERE resolved IS NOT NULL
            """
        ],
    ]

    static var newest: Int { versions.count }

    /// The version that the database has; 0 before the first.
    static func version(of database: Database) throws -> Int {
        guard try database.tableExists("hantu_migrations") else { return 0 }
        return try Int.fetchOne(database, sql: "SELECT max(version) FROM hantu_migrations") ?? 0
    }

    /// Brings the database up to the newest version, each in a transaction of its own.
    static func migrate(_ database: Database, now: Timestamp) throws {
        guard try version(of: database) < newest else { return }
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS hantu_migrations (
                    version INTEGER PRIMARY KEY,
                    applied_at TEXT NOT NULL
                )
                """)
        for number in 1...newest {
            try database.inTransaction(.immediate) {
                // Asked inside, since another process may be doing the same.
                if try version(of: database) < number {
                    for statement in versions[number - 1] { try database.execute(sql: statement) }
                    try database.execute(
                        sql: "INSERT INTO hantu_migrations (version, applied_at) VALUES (?, ?)",
                        arguments: [number, StoredTime.text(now)])
                }
                return .commit
            }
        }
    }
}
