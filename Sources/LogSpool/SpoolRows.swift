// GRDB hands blobs over as Data, and binds them as Data.
internal import FoundationEssentials
internal import GRDB
internal import LogModel

/// The statements of one transaction. What is read is checked; what is wrong is thrown as `SpoolFault`.
struct SpoolRows {
    let db: Database
    /// Where large segments go; nil where all go into the database.
    let files: SegmentFiles?

    // MARK: Segments

    /// Returns the header with the place where the frames are now.
    @discardableResult
    func insert(_ segment: SegmentHeader, _ frames: UnsafeRawBufferPointer) throws -> SegmentHeader {
        var segment = segment
        segment.place = frames.count >= SegmentFiles.least ? try files?.append(frames) : nil
        if let words = segment.place?.words {
            try withUnsafeBytes(of: words) { try insert(segment, holding: $0, segment.checksum(of: frames)) }
        } else {
            try insert(segment, holding: frames, segment.checksum(of: frames))
        }
        return segment
    }

    private func insert(_ segment: SegmentHeader, holding records: UnsafeRawBufferPointer, _ checksum: Int64)
        throws
    {
        try db.cachedStatement(
            sql: """
                INSERT INTO segment (first, count, bytes, outputs, levels, stored_at, checksum, records)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            segment.first, segment.count, segment.bytes, Int64(segment.outputs), Int64(segment.levels),
            segment.storedAt, checksum, data(records),
        ])
    }

    func delete(segment first: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM segment WHERE first = ?").execute(arguments: [first])
        // A row that can be read but not found by its key: the tree itself is broken.
        guard db.changesCount == 1 else { throw SpoolFault.damaged("segment \(first) can't be found") }
    }

    /// The first segment that reaches behind `position` and has `mask` in that column, with its frames.
    func nextSegment<Result>(
        from position: Int64, _ column: SegmentColumn = .outputs, mask: UInt8,
        _ body: (SegmentHeader, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        let statement = try db.cachedStatement(sql: column.next)
        let cursor = try Row.fetchCursor(statement, arguments: [position, position, Int64(mask)])
        guard let row = try cursor.next() else { return nil }
        return try verified(row, body)
    }

    /// The next segment by number behind (or, backwards, before) `first`, whatever its state, for salvage.
    func segment<Result>(
        behind first: Int64, backwards: Bool = false,
        _ body: (SegmentHeader, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        let condition = backwards ? "first < ? ORDER BY first DESC" : "first > ? ORDER BY first"
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(SegmentColumn.all) FROM segment WHERE \(condition) LIMIT 1"),
            arguments: [first])
        guard let row = try cursor.next() else { return nil }
        return try verified(row, body)
    }

    /// The headers of the segments that reach into `range`, in order.
    func headers(in range: Range<Int64>) throws -> [SegmentHeader] {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(SegmentColumn.header) FROM segment
                    WHERE first >= coalesce((SELECT max(first) FROM segment WHERE first <= ?), 0)
                    AND first < ? ORDER BY first
                    """),
            arguments: [range.lowerBound, range.upperBound])
        var headers: [SegmentHeader] = []
        while let row = try cursor.next() {
            let header = try header(row)
            if header.end > range.lowerBound { headers.append(header) }
        }
        return headers
    }

    /// When the oldest segment that holds something for this output from `position` on was committed.
    func oldest(from position: Int64, mask: UInt8) throws -> Int64? {
        let statement = try db.cachedStatement(sql: SegmentColumn.outputs.next)
        let cursor = try Row.fetchCursor(statement, arguments: [position, position, Int64(mask)])
        return try cursor.next().map { try header($0).storedAt }
    }

    private func header(_ row: Row) throws -> SegmentHeader {
        let first = try integer(row, 0)
        guard first > 0, first < 1 << 60 else { throw SpoolFault.damaged("a segment's number is impossible") }
        do {
            let count = try integer(row, 1)
            let bytes = try integer(row, 2)
            guard count > 0, bytes > 0, bytes < 1 << 40, count <= bytes / Int64(RecordFrame.headerSize),
                let outputs = UInt8(exactly: try integer(row, 3)),
                let levels = UInt8(exactly: try integer(row, 4)), levels < 32
            else { throw SpoolFault.damagedSegment(first: first) }
            return SegmentHeader(
                first: first, count: Int(count), bytes: Int(bytes), outputs: outputs, levels: levels,
                storedAt: try integer(row, 5), place: place(row, 6))
        } catch {
            if case DamagedValue.notThere = error { throw SpoolFault.damagedSegment(first: first) }
            throw error
        }
    }

    private func verified<Result>(
        _ row: Row, _ body: (SegmentHeader, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let header = try header(row)
        guard case .int64(let checksum) = (row[7] as DatabaseValue).storage,
            !row.hasNull(atIndex: 8)
        else { throw SpoolFault.damagedSegment(first: header.first) }
        func check(_ frames: UnsafeRawBufferPointer) throws -> Result {
            guard frames.count == header.bytes, header.checksum(of: frames) == checksum else {
                throw SpoolFault.damagedSegment(first: header.first)
            }
            return try body(header, frames)
        }
        guard let place = header.place else {
            return try row.withUnsafeData(atIndex: 8) { try ($0 ?? Data()).withUnsafeBytes(check) }
        }
        guard let result = try files?.read(place, count: header.bytes, check) else {
            throw SpoolFault.damagedSegment(first: header.first)
        }
        return result
    }

    private func place(_ row: Row, _ index: Int) -> SegmentFiles.Place? {
        guard case .blob(let bytes) = (row[index] as DatabaseValue).storage else { return nil }
        return bytes.withUnsafeBytes { SegmentFiles.Place($0) }
    }

    // MARK: The ledger

    func save(_ ledger: Ledger) throws {
        let text = ledger.text
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO ledger (id, state, checksum) VALUES (1, ?, ?)")
            .execute(arguments: [text, checksum(of: text)])
    }

    func ledger() throws -> Ledger {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT state, checksum FROM ledger WHERE id = 1"))
        guard let row, case .string(let text) = (row[0] as DatabaseValue).storage,
            case .int64(let sum) = (row[1] as DatabaseValue).storage, checksum(of: text) == sum,
            let ledger = Ledger(text: text)
        else { throw SpoolFault.damaged("its ledger can't be read") }
        return ledger
    }

    func checksum(of text: String) -> Int64 {
        var text = text
        return text.withUTF8 { bytes in
            var sum = Checksum()
            sum.mix(UnsafeRawBufferPointer(bytes))
            return sum.stored
        }
    }

    // MARK: Damage

    /// Moves a segment that can't be trusted out of the way.
    func setAside(segment first: Int64, at milliseconds: Int64) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO damaged (first, found_at, records)
                SELECT first, ?, coalesce(?, records) FROM segment WHERE first = ?
                """, arguments: [milliseconds, framesElsewhere(of: first), first])
        try delete(segment: first)
        try db.execute(
            sql: """
                DELETE FROM damaged WHERE first NOT IN
                (SELECT first FROM damaged ORDER BY found_at DESC, first DESC LIMIT 16)
                """)
    }

    /// The frames of a segment that lie outside of its row, as far as they can be found.
    private func framesElsewhere(of first: Int64) throws -> Data? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(SegmentColumn.header) FROM segment WHERE first = ?"),
            arguments: [first])
        guard let row, let place = place(row, 6), let bytes = try? integer(row, 2), bytes < 1 << 30 else {
            return nil
        }
        return try? files?.read(place, count: Int(bytes)) { Data($0) }
    }

    // MARK: Values

    /// A value of a type that the spool never writes.
    enum DamagedValue: Error { case notThere }

    func integer(_ row: Row, _ index: Int) throws -> Int64 {
        guard case .int64(let value) = (row[index] as DatabaseValue).storage else {
            throw DamagedValue.notThere
        }
        return value
    }

    /// The bytes without a copy: the statement is executed before they go.
    func data(_ bytes: UnsafeRawBufferPointer) -> Data {
        guard let base = bytes.baseAddress else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count, deallocator: .none)
    }
}

/// The columns by whose bits segments are looked for.
enum SegmentColumn {
    case outputs, levels

    static let header = """
        first, count, bytes, outputs, levels, stored_at,
        CASE WHEN bytes >= \(SegmentFiles.least) AND length(records) = \(SegmentFiles.Place.size) THEN records END
        """
    static let all = "\(header), checksum, records"

    /// The first segment with one of these bits that reaches behind a position.
    var next: String {
        """
        SELECT \(SegmentColumn.all) FROM segment
        WHERE first >= coalesce((SELECT max(first) FROM segment WHERE first <= ?), 0) AND first + count > ?
        AND (\(self == .outputs ? "outputs" : "levels") & ?) != 0 ORDER BY first LIMIT 1
        """
    }
}
