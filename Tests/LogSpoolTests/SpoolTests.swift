import Foundation
import LogModel
import LogSpool
import LogTesting
import Testing

@Suite struct SpoolTests {
    @Test func aNewSpoolIsEmptyAndSaysThatItIsNew() throws {
        let bench = try SpoolBench()
        #expect(bench.spool.recovery == .created)
        #expect(try bench.spool.texts(for: .store) == [])
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
    }

    @Test func eachOutputReadsFromItsOwnCursor() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("a", "b"), TestRecord.chunk("c", outputs: .store)])
        try bench.spool.append([TestRecord.chunk("d")])
        #expect(try bench.spool.texts(for: .store) == ["a", "b", "c", "d"])
        #expect(try bench.spool.texts(for: .alerts) == ["a", "b", "d"])
        let two = try bench.spool.read(for: .store, limit: 2, maximumBytes: .max)
        try bench.spool.advance(.store, through: two[1].sequence)
        #expect(try bench.spool.texts(for: .store) == ["c", "d"])
        #expect(try bench.spool.texts(for: .alerts) == ["a", "b", "d"])
    }

    @Test func whatWasAppendedIsThereAfterReopening() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("a", "b")])
        let first = try bench.spool.read(for: .store, limit: 1, maximumBytes: .max)
        try bench.spool.advance(.store, through: first[0].sequence)
        try bench.reopen()
        #expect(try bench.spool.texts(for: .store) == ["b"])
        #expect(bench.spool.waiting(for: .store) == 1)
        #expect(bench.spool.waiting(for: .alerts) == 2)
    }

    @Test func numbersRiseAlsoAfterEverythingWasTaken() throws {
        let bench = try SpoolBench()
        var last: Int64 = 0
        for round in 0..<5 {
            try bench.spool.append([TestRecord.chunk("r\(round)")])
            let record = try #require(try bench.spool.read(for: .store, limit: 9, maximumBytes: .max).first)
            #expect(record.sequence > last)
            last = record.sequence
            try bench.spool.advance(.store, through: last)
            try bench.spool.advance(.alerts, through: last)
            #expect(bench.spool.statistics().bytes == 0)
            try bench.reopen()
        }
    }

    @Test func anOutputWithoutRecordsInASegmentDoesNotHoldIt() throws {
        let bench = try SpoolBench()
        try bench.spool.append([
            TestRecord.chunk([
                TestRecord(outputs: [.store, .alerts], text: "both"),
                TestRecord(outputs: .store, text: "store alone"),
            ])
        ])
        try bench.spool.append([TestRecord.chunk("store alone too", outputs: .store)])
        let store = try bench.spool.read(for: .store, limit: 9, maximumBytes: .max)
        let alerts = try bench.spool.read(for: .alerts, limit: 9, maximumBytes: .max)
        try bench.spool.advance(.store, through: store.last!.sequence)
        try bench.spool.advance(.alerts, through: alerts.last!.sequence)
        #expect(bench.spool.statistics().bytes == 0)
    }

    @Test func recordsForNoOutputAreLeftOut() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("nobody's", outputs: [])])
        #expect(bench.spool.statistics().bytes == 0)
    }

    @Test func aReadIsBoundByRecordsAndBytesButGivesAtLeastOne() throws {
        let bench = try SpoolBench()
        let long = String(repeating: "x", count: 1000)
        try bench.spool.append([TestRecord.chunk(long, long, long, long)])
        #expect(try bench.spool.read(for: .store, limit: 3, maximumBytes: .max).count == 3)
        #expect(try bench.spool.read(for: .store, limit: 9, maximumBytes: 2500).count == 2)
        #expect(try bench.spool.read(for: .store, limit: 9, maximumBytes: 1).count == 1)
        #expect(try bench.spool.read(for: .store, limit: 0, maximumBytes: 1).isEmpty)
    }

    @Test func largeGroupsAndLargeRecordsComeBackWhole() throws {
        let bench = try SpoolBench()
        var texts = (0..<3000).map { "\($0) " + String(repeating: "y", count: 300) }
        texts.append(String(repeating: "z", count: 1_500_000))
        texts.append("")
        try bench.spool.append(texts.map { TestRecord.chunk($0) })
        #expect(try bench.spool.texts(for: .store) == texts)
        try bench.reopen()
        #expect(try bench.spool.texts(for: .alerts) == texts)
    }

    @Test func advancingBackwardsIsNothing() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("a", "b", "c")])
        let all = try bench.spool.read(for: .store, limit: 9, maximumBytes: .max)
        try bench.spool.advance(.store, through: all[1].sequence)
        try bench.spool.advance(.store, through: all[0].sequence)
        try bench.spool.advance(.store, through: all[1].sequence)
        #expect(try bench.spool.texts(for: .store) == ["c"])
        #expect(bench.spool.waiting(for: .store) == 1)
    }

    @Test func theFilesAreNotForOthersToRead() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("a")])
        func mode(_ path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return try #require(attributes[.posixPermissions] as? Int)
        }
        let directory = bench.configuration.directory
        #expect(try mode(directory) == 0o750)
        for name in ["spool.db", "spool.db-wal", "reserve"] {
            #expect(try mode(directory + "/" + name) == 0o640, "\(name)")
        }
    }

    @Test func aSpoolThatIsInUseIsRefused() throws {
        let bench = try SpoolBench()
        let path = bench.configuration.directory + "/spool.db"
        #expect(throws: SpoolError.locked(path: path)) {
            try Spool(bench.configuration, outputs: .store, clock: bench.clock)
        }
        try bench.spool.append([TestRecord.chunk("still fine")])
        #expect(try bench.spool.texts(for: .store) == ["still fine"])
    }

    @Test func statisticsTellHowLongTheOldestHasWaited() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("a")])
        bench.clock.advance(seconds: 60)
        try bench.spool.append([TestRecord.chunk("b")])
        #expect(bench.spool.statistics(of: .store)?.oldest?.seconds == 1_770_000_000)
        let first = try bench.spool.read(for: .store, limit: 1, maximumBytes: .max)
        try bench.spool.advance(.store, through: first[0].sequence)
        #expect(bench.spool.statistics(of: .store)?.oldest?.seconds == 1_770_000_060)
    }
}
