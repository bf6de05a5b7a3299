package import LogModel

extension PostgresStore {
    package func insert(_ records: [LogRecord]) throws(StoreError) -> InsertCount {
        guard !records.isEmpty else { return InsertCount(new: 0, duplicate: 0) }
        let now = clock.now()
        let (count, rejected) = try write(
            records.map { StoredRecord(row: 0, record: $0.storable, createdAt: now) },
            columns: PostgresRows.columns)
        if !rejected.isEmpty { throw .rejected(rejected) }
        return count
    }

    /// Writes rows of another store, with their times of writing, resolutions and notes; those that are there
    /// already stay as they are. All must have an identity. What the database refuses is told by index.
    package func insert(moved rows: [StoredRecord]) throws(StoreError)
        -> (count: InsertCount, rejected: [Int: String])
    {
        guard !rows.isEmpty else { return (InsertCount(new: 0, duplicate: 0), [:]) }
        let storable = rows.map { row in
            var row = row
            row.record = row.record.storable
            row.resolutionNote = row.resolutionNote.map(LogRecord.storableText)
            return row
        }
        return try write(storable, columns: PostgresRows.columns + [.resolved, .resolutionNote])
    }

    private func write(_ rows: [StoredRecord], columns: [PostgresColumn]) throws(StoreError)
        -> (InsertCount, [Int: String])
    {
        guard access != .read else { throw .misconfigured("the store was opened for reading only") }
        let table = try table()
        guard !table.columns.isEmpty else { throw .absent("Postgres (error_logs)") }
        let encoder = PostgresRows(table, columns, time)
        if rows.count >= PostgresStore.copied, let count = try copied(rows, encoder) { return (count, [:]) }
        var writer = PostgresBatchWriter(encoder) {
            (statement) throws(PostgresFailure) in
            try self.run([statement], sent: { self.reach(.batchSent) })[0].affected
        }
        do throws(PostgresFailure) {
            try writer.write(rows[...]) { self.reach(.partWritten) }
        } catch { throw forgetting(error) }
        if writer.cut > 0 { report(.cut(values: writer.cut)) }
        let duplicate = rows.count - writer.new - writer.rejected.count
        return (InsertCount(new: writer.new, duplicate: duplicate), writer.rejected)
    }
}

extension PostgresStore {
    /// From how many rows on COPY is tried first. It has one round trip more, and costs the server half as much.
    private static let copied = 100

    /// Writes the rows by COPY; nil where it took none of them: one is there already, or fits in no way, or the
    /// server wants no COPY here. Then they are inserted, which finds out what it was.
    private func copied(_ rows: [StoredRecord], _ encoder: PostgresRows) throws(StoreError) -> InsertCount? {
        let (data, cut) = encoder.encodeCopy(rows[...])
        do throws(PostgresFailure) {
            let new = try copy(encoder.copy, data)
            if cut > 0 { report(.cut(values: cut)) }
            return InsertCount(new: new, duplicate: 0)
        } catch {
            guard error.isTheRowsFault || error.isMisfitOfCopy else { throw forgetting(error) }
            return nil
        }
    }
}

/// Writes a batch; where the database refuses it because of a row, each half alone, down to the row itself.
///
/// One bad row in a thousand costs twenty round trips. A part that is written stays written: should the rest fail,
/// the whole batch comes again, and each event is taken once.
struct PostgresBatchWriter {
    private let encoder: PostgresRows
    private let execute: (PostgresStatement) throws(PostgresFailure) -> Int
    private(set) var new = 0
    /// Values that were longer than their column.
    private(set) var cut = 0
    /// The database's words for each row that it refused, by index.
    private(set) var rejected: [Int: String] = [:]

    init(
        _ encoder: PostgresRows,
        execute: @escaping (PostgresStatement) throws(PostgresFailure) -> Int
    ) {
        self.encoder = encoder
        self.execute = execute
    }

    /// `partWritten` is called when a part of a refused batch is in.
    mutating func write(
        _ rows: ArraySlice<StoredRecord>, isPart: Bool = false, partWritten: () -> Void
    ) throws(PostgresFailure) {
        var encoded = encoder.encode(rows)
        do throws(PostgresFailure) {
            new += try execute(encoded.statement)
        } catch  where error.isTheRowsFault {
            guard rows.count == 1 else {
                let middle = rows.startIndex + rows.count / 2
                try write(rows[..<middle], isPart: true, partWritten: partWritten)
                try write(rows[middle...], isPart: true, partWritten: partWritten)
                return
            }
            guard let wrapped = retryable(rows, error) else {
                rejected[rows.startIndex] = error.reason
                return
            }
            encoded = encoder.encode(wrapped)
            do throws(PostgresFailure) {
                new += try execute(encoded.statement)
            } catch  where error.isTheRowsFault {
                rejected[rows.startIndex] = error.reason
                return
            }
        }
        cut += encoded.cut
        if isPart { partWritten() }
    }

    /// The row with its context as one string, where it may have been that: a number beyond any numeric, say.
    private func retryable(
        _ rows: ArraySlice<StoredRecord>, _ failure: PostgresFailure
    ) -> ArraySlice<StoredRecord>? {
        guard failure.isTheValuesFault, var row = rows.first, let context = row.record.context else {
            return nil
        }
        row.record.context = LogRecord.contextAsText(context)
        return [row]
    }
}
