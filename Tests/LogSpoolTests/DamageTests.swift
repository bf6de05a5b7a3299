import Foundation
import GRDB
import LogModel
import LogSpool
import LogTesting
import Testing

/// A damaged spool always opens; what is lost was damaged, and is counted (contract section 7).
@Suite struct DamageTests {
    /// A closed spool with these records, one segment each.
    private func filled(_ count: Int, size: Int = 3000) throws -> SpoolBench {
        let bench = try SpoolBench()
        for number in 0..<count { try bench.spool.append([TestRecord.chunk(text(number, size: size))]) }
        return bench
    }

    private func text(_ number: Int, size: Int = 3000) -> String {
        "\(number) " + String(repeating: "x", count: size)
    }

    @Test func aFileThatIsNoDatabaseIsSetAside() throws {
        let bench = try filled(3)
        bench.spool.close()
        let path = bench.configuration.directory + "/spool.db"
        try FileManager.default.removeItem(atPath: path)
        try Data(repeating: 0x41, count: 50_000).write(to: URL(fileURLWithPath: path))
        try bench.reopen()
        guard case .setAside(let damaged) = bench.spool.recovery else {
            Issue.record("\(bench.spool.recovery)")
            return
        }
        #expect(damaged.name == "spool.db.damaged-20260202T024000Z")
        #expect(FileManager.default.fileExists(atPath: bench.configuration.directory + "/" + damaged.name))
        try bench.spool.append([TestRecord.chunk("on we go")])
        #expect(try bench.spool.texts(for: .store) == ["on we go"])
        #expect(bench.spool.statistics().setAside == [damaged])
    }

    @Test func aCutOffFileLosesItsEndAlone() throws {
        let bench = try filled(200)
        bench.spool.close()
        let path = bench.configuration.directory + "/spool.db"
        let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        truncate(path, off_t(size * 6 / 10 / 4096 * 4096))
        try bench.reopen()
        guard case .setAside(let damaged) = bench.spool.recovery else {
            Issue.record("\(bench.spool.recovery)")
            return
        }
        let left = try bench.spool.texts(for: .store)
        #expect(left == (0..<left.count).map { text($0) })
        #expect(left.count > 80)
        #expect(damaged.salvagedRecords == left.count)
        #expect(damaged.lostRecords == 200 - left.count)
        #expect(bench.spool.statistics(of: .store)?.damaged == 200 - left.count)
    }

    /// What kill -9 leaves: everything is in SQLite's log still.
    @Test(arguments: ["cut", "flipped", "gone"]) func whatTheLogLostIsCounted(how: String) throws {
        let bench = try filled(20)
        let copy = try TemporaryDirectory()
        for name in ["spool.db", "spool.db-wal", "sequence"] {
            try FileManager.default.copyItem(
                atPath: bench.configuration.directory + "/" + name, toPath: copy.file(name))
        }
        let log = copy.file("spool.db-wal")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: log))
        switch how {
        case "cut": bytes.removeLast(bytes.count / 2)
        case "flipped": bytes[bytes.count / 2] ^= 1
        default: bytes.removeAll()
        }
        try bytes.write(to: URL(fileURLWithPath: log))
        var configuration = bench.configuration
        configuration.directory = copy.path
        let spool = try Spool(configuration, outputs: [.store, .alerts], clock: bench.clock)
        let left = try spool.texts(for: .store)
        #expect(left == (0..<left.count).map { text($0) })
        guard case .setAside(let damaged) = spool.recovery else {
            Issue.record("\(spool.recovery), and \(left.count) records")
            return
        }
        if how != "gone" { #expect(damaged.lostRecords == 20 - left.count && left.count > 2) }
        // No number is given twice.
        try spool.append([TestRecord.chunk("on we go")])
        #expect(try spool.texts(for: .store).last == "on we go")
        spool.close()
        #expect(
            try Spool(configuration, outputs: [.store, .alerts], clock: bench.clock).recovery == .clean)
    }

    @Test func aFlippedBitCostsItsSegmentAlone() throws {
        let bench = try filled(50)
        bench.spool.close()
        try flip("7 xxxxxxxxx", in: bench)
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
        let left = try bench.spool.texts(for: .store)
        #expect(left.count == 49)
        #expect(bench.spool.statistics(of: .store)?.damaged == 1)
        #expect(bench.spool.statistics(of: .alerts)?.damaged == 1)
        #expect(bench.spool.waiting(for: .alerts) == 49)
        let alerts = try bench.spool.read(for: .alerts, limit: 99, maximumBytes: .max)
        try bench.spool.advance(.alerts, through: alerts.last!.sequence)
        let store = try bench.spool.read(for: .store, limit: 99, maximumBytes: .max)
        try bench.spool.advance(.store, through: store.last!.sequence)
        #expect(bench.spool.statistics().bytes == 0)
    }

    /// Changes one bit behind this text in the database.
    private func flip(_ text: String, in bench: SpoolBench) throws {
        let url = URL(fileURLWithPath: bench.configuration.directory + "/spool.db")
        var bytes = try Data(contentsOf: url)
        let range = try #require(bytes.range(of: Data(text.utf8)))
        bytes[range.upperBound + 20] ^= 0x10
        try bytes.write(to: url)
    }

    @Test func aForeignDatabaseAndANewerFormatAreSetAside() throws {
        for change in ["DROP TABLE parked", "PRAGMA user_version = 9", "PRAGMA application_id = 7"] {
            let bench = try filled(1)
            bench.spool.close()
            let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
            try queue.writeWithoutTransaction { try $0.execute(sql: change) }
            try queue.close()
            try bench.reopen()
            guard case .setAside = bench.spool.recovery else {
                Issue.record("\(change): \(bench.spool.recovery)")
                continue
            }
        }
    }

    @Test func otherFilesInTheDirectoryAreLeftAlone() throws {
        let bench = try filled(2)
        bench.spool.close()
        let other = bench.configuration.directory + "/errors.db"
        try Data("not ours".utf8).write(to: URL(fileURLWithPath: other))
        try Data("broken".utf8).write(to: URL(fileURLWithPath: bench.configuration.directory + "/spool.db"))
        try bench.reopen()
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == Data("not ours".utf8))
    }

    @Test func aReplacementThatACrashInterruptedIsFinished() throws {
        let bench = try filled(60)
        let images = ImageTaker(of: bench.configuration.directory)
        bench.spool.close()
        try corruptSchema(bench)
        try bench.reopen(faults: FaultPoints { images.take(at: $0) })
        let after = try Contents(bench.spool)
        #expect(after.waiting["1"]?.count == 60)
        let taken = images.removeAll()
        #expect(taken.map(\.point) == [.damagedSalvaged, .damagedSetAside])
        for image in taken {
            var configuration = bench.configuration
            configuration.directory = image.directory.file("image")
            let spool = try Spool(configuration, outputs: [.store, .alerts], clock: bench.clock)
            #expect(try Contents(spool) == after, "\(image.point.rawValue)")
            spool.close()
        }
    }

    private func corruptSchema(_ bench: SpoolBench) throws {
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE stray (a)") }
        try queue.close()
    }

    /// Random damage: zeroes, noise, flipped bits, cut ends, in the database and in its log.
    @Test(arguments: 1...240) func aSpoolDamagedAnywhereOpensAndGoesOn(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bench = try SpoolBench()
        let size = [50, 3000, 20_000, 80_000].randomElement(using: &random)!
        let count = Int.random(in: 1...(size > 50_000 ? 12 : 60), using: &random)
        for number in 0..<count { try bench.spool.append([TestRecord.chunk(text(number, size: size))]) }
        let expected = Set((0..<count).map { text($0, size: size) })
        // With a log as after kill -9, or without as after a stop.
        let image = try TemporaryDirectory()
        let directory = image.file("image")
        if Bool.random(using: &random) { bench.spool.close() }
        try FileManager.default.copyItem(atPath: bench.configuration.directory, toPath: directory)
        bench.spool.close()
        try damage(directory, &random)

        var configuration = bench.configuration
        configuration.directory = directory
        var spool = try Spool(configuration, outputs: [.store, .alerts], clock: bench.clock)
        for _ in 0..<2 {
            let left = try spool.texts(for: .store)
            // Whatever comes back came in, once, in order.
            #expect(expected.isSuperset(of: left), "seed \(seed)")
            let numbers = left.compactMap { Int($0.split(separator: " ")[0]) }
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "seed \(seed)")
            #expect(spool.waiting(for: .store) == left.count, "seed \(seed)")
            _ = try spool.parked(limit: .max)
            spool.close()
            spool = try Spool(configuration, outputs: [.store, .alerts], clock: bench.clock)
        }
        try spool.append([TestRecord.chunk("on we go")])
        #expect(try spool.texts(for: .store).last == "on we go", "seed \(seed)")
        for output in [OutputSet.store, .alerts] {
            if let last = try spool.read(for: output, limit: .max, maximumBytes: .max).last {
                try spool.advance(output, through: last.sequence)
            }
            #expect(spool.waiting(for: output) == 0, "seed \(seed)")
        }
        #expect(spool.statistics().bytes == 0, "seed \(seed)")
        spool.close()
    }

    private func damage(_ directory: String, _ random: inout SeededGenerator) throws {
        let names = ["spool.db", "spool.db", "spool.db-wal", "spool.db-records-1"].filter {
            FileManager.default.fileExists(atPath: directory + "/" + $0)
        }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let url = URL(fileURLWithPath: directory + "/" + names.randomElement(using: &random)!)
            var bytes = [UInt8](try Data(contentsOf: url))
            guard !bytes.isEmpty else { continue }
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 1...20_000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[start] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            case 1: for index in start..<end { bytes[index] = 0 }
            case 2: for index in start..<end { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            default: bytes.removeLast(bytes.count - start)
            }
            try Data(bytes).write(to: url)
        }
    }
}
