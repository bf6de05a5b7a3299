// Records come as Data.
internal import FoundationEssentials
internal import GRDB
internal import LogModel

/// The statements about parked records.
extension SpoolRows {
    /// A parked record's row.
    struct Parked {
        var number: Int64 = 0
        var output: UInt8
        var sequence: Int64
        var level: Severity
        var attempts: Int
        var parkedAt: Int64
        var reason: String

        func checksum(of record: UnsafeRawBufferPointer) -> Int64 {
            var sum = Checksum()
            sum.mix(Int64(output) << 8 | Int64(level.rawValue))
            sum.mix(sequence)
            sum.mix(record)
            return sum.stored
        }
    }

    func insert(_ parked: Parked, _ record: UnsafeRawBufferPointer) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO parked (output, sequence, level, attempts, parked_at, reason, checksum, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(parked.output), parked.sequence, Int64(parked.level.rawValue), parked.attempts,
            parked.parkedAt, parked.reason, parked.checksum(of: record), data(record),
        ])
    }

    /// Calls `body` with the parked records behind `number`, of the outputs in `mask` and of `level` where it is
    /// given, until it returns false. Rows that can't be read are passed over; returns their numbers.
    @discardableResult
    func forEachParked(
        after number: Int64 = 0, mask: UInt8 = .max, level: Severity? = nil,
        _ body: (Parked, UnsafeRawBufferPointer) throws -> Bool
    ) throws -> [Int64] {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT number, output, sequence, level, attempts, parked_at, reason, checksum, record
                    FROM parked WHERE number > ? AND (output & ?) != 0 AND (level = ? OR ? IS NULL)
                    ORDER BY number
                    """),
            arguments: [
                number, Int64(mask), level.map { Int64($0.rawValue) }, level.map { Int64($0.rawValue) },
            ])
        var damaged: [Int64] = []
        while let row = try cursor.next() {
            let goesOn = try row.withUnsafeData(atIndex: 8) { record in
                guard let record, let parked = try? self.parked(row) else { return nil as Bool? }
                return try record.withUnsafeBytes { bytes in
                    guard try integer(row, 7) == parked.checksum(of: bytes) else { return nil }
                    return try body(parked, bytes)
                }
            }
            if goesOn == nil, let number = try? integer(row, 0) { damaged.append(number) }
            if goesOn == false { break }
        }
        return damaged
    }

    func delete(parked number: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM parked WHERE number = ?").execute(arguments: [number])
    }

    /// Counts the parked records in; those that can't be read go, counted as damaged.
    func countParked(into ledger: inout Ledger) throws {
        let damaged = try forEachParked { parked, record in
            let bit = OutputSet(rawValue: parked.output).bit
            ledger.outputs[bit].parked += 1
            ledger.bytes += record.count
            return true
        }
        for number in damaged { try delete(parked: number) }
    }

    func copyParked(into other: SpoolRows) throws {
        try forEachParked { parked, record in
            try other.insert(parked, record)
            return true
        }
    }

    private func parked(_ row: Row) throws -> Parked {
        guard let output = UInt8(exactly: try integer(row, 1)), output.nonzeroBitCount == 1,
            let rawLevel = UInt8(exactly: try integer(row, 3)), let level = Severity(rawValue: rawLevel),
            case .string(let reason) = (row[6] as DatabaseValue).storage
        else { throw DamagedValue.notThere }
        return Parked(
            number: try integer(row, 0), output: output, sequence: try integer(row, 2), level: level,
            attempts: Int(try integer(row, 4)), parkedAt: try integer(row, 5), reason: reason)
    }
}
