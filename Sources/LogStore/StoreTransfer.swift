import LogModel

/// Moves what the embedded store has to Postgres, row by row and once only, however often it is run: each row goes
/// under its event's identity, or under one that follows from what it says.
package struct StoreTransfer {
    /// What became of the rows.
    package struct Count: Sendable, Equatable {
        package var moved = 0
        /// Those that were there already.
        package var present = 0
        /// The database's words for what it refused, by the number in the embedded store.
        package var refused: [Int64: String] = [:]
    }

    private let source: EmbeddedStore
    private let target: PostgresStore

    package init(from source: EmbeddedStore, to target: PostgresStore) {
        self.source = source
        self.target = target
    }

    /// Rows that there are to move; none where there is no embedded store.
    package func waiting() throws(StoreError) -> Int {
        do throws(StoreError) { return try source.count() } catch .absent { return 0 }
    }

    /// Moves everything that is there at this moment. `progress` is told how many rows were dealt with so far.
    package func run(batch: Int = 500, progress: (Int) -> Void = { _ in }) throws(StoreError) -> Count {
        var count = Count()
        var last: Int64 = 0
        while true {
            let rows: [StoredRecord]
            do throws(StoreError) { rows = try source.rows(after: last, limit: batch) } catch .absent {
                break
            }
            guard let end = rows.last?.row else { break }
            last = end
            try move(rows, &count)
            progress(count.moved + count.present + count.refused.count)
        }
        return count
    }

    private func move(_ rows: [StoredRecord], _ count: inout Count) throws(StoreError) {
        let identified = rows.map { row in
            var row = row
            row.record.id = row.record.id ?? EventID(derivedFrom: row)
            row.createdAt = row.createdAt ?? row.record.timestamp
            return row
        }
        let (inserted, refused) = try target.insert(moved: identified)
        count.moved += inserted.new
        count.present += inserted.duplicate
        for (index, reason) in refused { count.refused[rows[index].row] = reason }
    }
}

extension EventID {
    /// The same row always gives the same identity: a version 8 UUID over its number, time, service and message.
    init(derivedFrom row: StoredRecord) {
        let record = row.record
        let text = [
            "\(row.row)", StoredTime.text(record.timestamp), record.service, record.message,
            record.stackTrace ?? "",
        ].joined(separator: "\0")
        // FNV-1a, from two beginnings.
        var words: (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6861_6e74_755f_6c6f)
        for byte in text.utf8 {
            words.0 = (words.0 ^ UInt64(byte)) &* 0x100_0000_01b3
            words.1 = (words.1 ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        self.init(
            high: words.0 & ~0xF000 | 0x8000, low: words.1 & ~(3 << 62) | 1 << 63)
    }
}
