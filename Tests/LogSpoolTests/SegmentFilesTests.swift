import Foundation
import GRDB
import LogModel
import LogSpool
import LogTesting
import Testing

/// Segments that lie in files beside the database.
@Suite struct SegmentFilesTests {
    private func text(_ number: Int) -> String { "\(number) " + String(repeating: "x", count: 80_000) }

    private func filled(_ count: Int) throws -> SpoolBench {
        let bench = try SpoolBench()
        for number in 0..<count { try bench.spool.append([TestRecord.chunk(text(number))]) }
        return bench
    }

    private func files(_ bench: SpoolBench) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: bench.configuration.directory)
            .filter { $0.hasPrefix("spool.db-records-") }.sorted()
    }

    private func bytes(_ bench: SpoolBench) throws -> Int {
        try files(bench).reduce(0) { sum, name in
            let path = bench.configuration.directory + "/" + name
            return sum + (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
        }
    }

    private func take(_ count: Int, from bench: SpoolBench) throws {
        for output in [OutputSet.store, .alerts] {
            let records = try bench.spool.read(for: output, limit: count, maximumBytes: .max)
            try bench.spool.advance(output, through: try #require(records.last).sequence)
        }
    }

    @Test func largeSegmentsLieThereOnceAndSmallOnesInTheDatabase() throws {
        let bench = try filled(3)
        for _ in 0..<20 { try bench.spool.append([TestRecord.chunk("small")]) }
        let size = try bytes(bench)
        #expect(size >= 240_000 && size < 250_000)
        #expect(try bench.spool.texts(for: .store).count == 23)
    }

    @Test func theyAreThereAfterARestartAndTheFileGoesWithTheLast() throws {
        let bench = try filled(3)
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
        #expect(try bench.spool.texts(for: .store) == (0..<3).map(text))
        try take(2, from: bench)
        #expect(try files(bench).count == 1)
        try take(1, from: bench)
        #expect(try files(bench).isEmpty)
        try bench.spool.append([TestRecord.chunk(text(3))])
        #expect(try bench.spool.texts(for: .store) == [text(3)])
    }

    @Test func theFileThatIsWrittenGivesItsRoomBack() throws {
        let bench = try filled(3)
        try take(3, from: bench)
        #expect(try bytes(bench) == 0)
        try bench.spool.append([TestRecord.chunk(text(3))])
        try bench.reopen()
        #expect(try bench.spool.texts(for: .store) == [text(3)])
    }

    @Test func aFileIsFollowedByAnotherAndGoesOnItsOwn() throws {
        let bench = try SpoolBench()
        for number in 0..<5 {
            try bench.spool.append((0..<60).map { TestRecord.chunk(text(number * 60 + $0)) })
        }
        #expect(try files(bench).count == 2)
        try take(240, from: bench)
        #expect(try files(bench).count == 1)
        #expect(try bench.spool.texts(for: .store) == (240..<300).map(text))
    }

    @Test func whatNoCommitSpeaksOfIsRemovedAtTheNextStart() throws {
        let bench = try filled(1)
        bench.spool.close()
        let stray = bench.configuration.directory + "/spool.db-records-7"
        try Data(repeating: 1, count: 1000).write(to: URL(fileURLWithPath: stray))
        try bench.reopen()
        #expect(try files(bench) == ["spool.db-records-1"])
        #expect(try bench.spool.texts(for: .store) == [text(0)])
    }

    @Test(arguments: ["flipped", "cut", "gone"]) func damageThereCostsWhatLiesThereAlone(how: String) throws {
        let bench = try filled(4)
        try bench.spool.append([TestRecord.chunk("small")])
        bench.spool.close()
        let url = URL(fileURLWithPath: bench.configuration.directory + "/spool.db-records-1")
        var data = try Data(contentsOf: url)
        switch how {
        case "flipped": data[100_000] ^= 4
        case "cut": data.removeLast(80_000)
        default: data.removeAll()
        }
        try data.write(to: url)
        try bench.reopen()
        let left = [
            "flipped": [text(0), text(2), text(3), "small"], "cut": [text(0), text(1), text(2), "small"],
            "gone": ["small"],
        ][how]
        #expect(try bench.spool.texts(for: .store) == left)
        #expect(bench.spool.statistics(of: .store)?.damaged == 5 - left!.count)
        #expect(bench.spool.recovery == .clean)
        try take(5, from: bench)
        #expect(bench.spool.statistics().bytes == 0)
    }

    @Test func aDamagedDatabaseKeepsThemAndTheNewOneHasThemToo() throws {
        let bench = try filled(4)
        bench.spool.close()
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE stray (a)") }
        try queue.close()
        try bench.reopen()
        guard case .setAside(let damaged) = bench.spool.recovery else {
            Issue.record("\(bench.spool.recovery)")
            return
        }
        #expect(damaged.salvagedRecords == 4 && damaged.lostRecords == 0)
        #expect(try bench.spool.texts(for: .store) == (0..<4).map(text))
        let aside = bench.configuration.directory + "/" + damaged.name + "-records-1"
        #expect(FileManager.default.fileExists(atPath: aside))
    }

    @Test func aSpoolOfTheThirdFormatKeepsItsRecords() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("one", "two")])
        bench.spool.close()
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 3") }
        try queue.close()
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
        #expect(try bench.spool.texts(for: .store) == ["one", "two"])
    }
}
