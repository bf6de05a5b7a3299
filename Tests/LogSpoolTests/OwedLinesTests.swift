import Foundation
import GRDB
import LogModel
import LogSpool
import LogTesting
import Testing

/// What the daily files must still get, in the spool.
@Suite struct OwedLinesTests {
    private let day = CivilDate(dayNumber: 20_000)

    private func owe(_ text: String, of day: CivilDate? = nil, in bench: SpoolBench) throws {
        try Array(text.utf8).withUnsafeBufferPointer { try bench.spool.owe($0, of: day ?? self.day) }
    }

    private func owed(in bench: SpoolBench) throws -> [String] {
        try bench.spool.owedLines().map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func linesAreThereAfterARestartInTheirOrderWithTheirDay() throws {
        let bench = try SpoolBench()
        try owe("one\n", in: bench)
        try owe("two\nthree\n", of: day.adding(days: 1), in: bench)
        try bench.reopen()
        #expect(try owed(in: bench) == ["one\n", "two\nthree\n"])
        #expect(try bench.spool.owedLines().map(\.day) == [day, day.adding(days: 1)])
    }

    @Test func whatIsSettledIsGoneAndWhatCameSinceStays() throws {
        let bench = try SpoolBench()
        try owe("one\n", in: bench)
        try bench.reopen()
        let last = try #require(try bench.spool.owedLines().last?.number)
        try bench.spool.settleOwed()
        // Its number isn't given again, though the table is empty.
        try owe("two\n", in: bench)
        try bench.spool.settleOwed(through: last)
        #expect(try owed(in: bench) == ["two\n"])
    }

    @Test func theOldestGoBeyondTheLimit() throws {
        let bench = try SpoolBench()
        try owe("oldest\n", in: bench)
        try owe(String(repeating: "x", count: Spool.owedLimit - 6) + "\n", in: bench)
        try owe("new\n", in: bench)
        try owe("newer\n", in: bench)
        #expect(try owed(in: bench) == ["new\n", "newer\n"])
    }

    @Test func aSpoolOfTheSecondFormatKeepsItsRecords() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("one", "two")])
        bench.spool.close()
        try change(bench, "DROP TABLE owed", "PRAGMA user_version = 2")
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
        #expect(try bench.spool.texts(for: .store) == ["one", "two"])
        try owe("one\n", in: bench)
        #expect(try owed(in: bench) == ["one\n"])
    }

    @Test func aRowThatCantBeTrustedIsLeftOut() throws {
        let bench = try SpoolBench()
        try owe("one\n", in: bench)
        try owe("two\n", in: bench)
        bench.spool.close()
        try change(bench, "UPDATE owed SET lines = x'410a' WHERE number = 1")
        try bench.reopen()
        #expect(try owed(in: bench) == ["two\n"])
    }

    @Test func linesOutliveADamagedSpool() throws {
        let bench = try SpoolBench()
        try owe("one\n", in: bench)
        bench.spool.close()
        try change(bench, "DROP TABLE damaged")
        try bench.reopen()
        guard case .setAside = bench.spool.recovery else {
            Issue.record("\(bench.spool.recovery)")
            return
        }
        #expect(try owed(in: bench) == ["one\n"])
    }

    private func change(_ bench: SpoolBench, _ statements: String...) throws {
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { db in
            for statement in statements { try db.execute(sql: statement) }
        }
        try queue.close()
    }
}
