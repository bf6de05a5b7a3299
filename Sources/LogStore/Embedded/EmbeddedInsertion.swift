import GRDB
package import LogModel

extension EmbeddedStore {
    private static let insertion = """
        INSERT INTO error_logs (
            event_id, timestamp, trace_id, level, service, module, function, message, error_type, stack_trace,
            context, logger, line, fingerprint, host, pid, created_at
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (event_id) DO NOTHING
        """

    /// Bytes of text that one row may have; SQLite itself takes none of a thousand million.
    private static let maximumBytes = 500_000_000

    package func insert(_ records: [LogRecord]) throws(StoreError) -> InsertCount {
        guard !records.isEmpty else { return InsertCount(new: 0, duplicate: 0) }
        let now = StoredTime.text(clock.now())
        var rejected: [Int: String] = [:]
        var count = InsertCount(new: 0, duplicate: 0)
        try withDatabase(writing: true) { database in
            rejected.removeAll()
            count = InsertCount(new: 0, duplicate: 0)
            try database.inTransaction(.immediate) {
                var statement = try database.cachedStatement(sql: EmbeddedStore.insertion)
                for (index, record) in records.enumerated() {
                    guard record.textBytes <= EmbeddedStore.maximumBytes else {
                        rejected[index] = "more than \(EmbeddedStore.maximumBytes) bytes of text"
                        continue
                    }
                    do {
                        try statement.execute(arguments: record.storable.arguments(createdAt: now))
                        if database.changesCount == 0 { count.duplicate += 1 } else { count.new += 1 }
                    } catch let failure as DatabaseError where failure.isTheRowsFault {
                        rejected[index] = failure.reason
                        // A statement that failed is of no more use, and is no longer in the cache.
                        statement = try database.cachedStatement(sql: EmbeddedStore.insertion)
                    }
                }
                return .commit
            }
        }
        if !rejected.isEmpty { throw .rejected(rejected) }
        return count
    }
}

extension LogRecord {
    fileprivate var textBytes: Int {
        service.utf8.count + message.utf8.count + (stackTrace?.utf8.count ?? 0) + (context?.utf8.count ?? 0)
    }

    /// The values of the insertion, in its order.
    fileprivate func arguments(createdAt: String) -> StatementArguments {
        let values: [(any DatabaseValueConvertible)?] = [
            id?.description, StoredTime.text(timestamp), traceID, level.description, service, module,
            function,
            message, errorType, stackTrace, context, logger, line, fingerprint, host, pid, createdAt,
        ]
        return StatementArguments(values)
    }
}
