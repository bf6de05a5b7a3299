// GRDB hands blobs over as Data, and binds them as Data.
internal import FoundationEssentials
internal import GRDB
package import LogModel
internal import Synchronization

/// Lines that a file must still get and that nothing else would bring to it after a restart.
package struct OwedLines: Sendable, Equatable {
    /// Rises with each that is owed.
    package var number: Int64
    /// The day whose file it is.
    package var day: CivilDate
    /// Whole lines, each with its newline.
    package var bytes: [UInt8]
}

extension Spool {
    /// Owed lines are kept up to so many bytes; the oldest go first.
    package static let owedLimit = 8 << 20

    /// Keeps these lines, durably, until `settleOwed` is called for them.
    package func owe(_ lines: UnsafeBufferPointer<UInt8>, of day: CivilDate) throws(SpoolError) {
        try core.withLock { (core) throws(SpoolError) in
            try core.commit { (core, rows) in
                core.lastOwed = max(core.lastOwed, try rows.lastOwed()) + 1
                try rows.save(OwedLines(number: core.lastOwed, day: day, bytes: Array(lines)))
                try rows.trimOwed(to: Spool.owedLimit)
            }
        }
    }

    /// What is owed, in order; rows that can't be trusted are left out.
    package func owedLines() throws(SpoolError) -> [OwedLines] {
        try core.withLock { (core) throws(SpoolError) in
            try core.look { (core, rows) in
                core.lastOwed = max(core.lastOwed, try rows.lastOwed())
                return try rows.owed()
            }
        }
    }

    /// Forgets what is owed up to and including `number`: it is in its file.
    package func settleOwed(through number: Int64 = .max) throws(SpoolError) {
        try core.withLock { (core) throws(SpoolError) in
            try core.commit { (_, rows) in try rows.settleOwed(through: number) }
        }
    }
}

extension SpoolRows {
    func save(_ entry: OwedLines) throws {
        try db.cachedStatement(sql: "INSERT INTO owed (number, day, lines, checksum) VALUES (?, ?, ?, ?)")
            .execute(
                arguments: [entry.number, entry.day.dayNumber, Data(entry.bytes), entry.checksum])
    }

    func lastOwed() throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT max(number) FROM owed") ?? 0 }

    func trimOwed(to limit: Int) throws {
        // A row stays where it and all that are newer keep to the limit.
        try db.cachedStatement(
            sql: """
                DELETE FROM owed WHERE number <= (SELECT number FROM (
                    SELECT number, sum(length(lines)) OVER (ORDER BY number DESC) AS total FROM owed)
                WHERE total > ? ORDER BY number DESC LIMIT 1)
                """
        ).execute(arguments: [limit])
    }

    func owed() throws -> [OwedLines] {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT number, day, lines, checksum FROM owed ORDER BY number"))
        var owed: [OwedLines] = []
        while let row = try cursor.next() {
            guard case .int64(let number) = (row[0] as DatabaseValue).storage,
                case .int64(let day) = (row[1] as DatabaseValue).storage,
                case .blob(let lines) = (row[2] as DatabaseValue).storage,
                case .int64(let found) = (row[3] as DatabaseValue).storage
            else { continue }
            let entry = OwedLines(number: number, day: CivilDate(dayNumber: Int(day)), bytes: [UInt8](lines))
            if entry.checksum == found { owed.append(entry) }
        }
        return owed
    }

    func settleOwed(through number: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM owed WHERE number <= ?").execute(arguments: [number])
    }

    func copyOwed(into other: SpoolRows) throws {
        for entry in try owed() { try other.save(entry) }
    }
}

extension OwedLines {
    fileprivate var checksum: Int64 {
        var sum = Checksum()
        sum.mix(number)
        sum.mix(Int64(day.dayNumber))
        bytes.withUnsafeBytes { sum.mix($0) }
        return sum.stored
    }
}
