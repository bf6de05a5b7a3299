import LogModel
import LogSpool
import LogTesting
import Testing

/// Over `maximum_bytes` the oldest of the lowest level go first, and are counted.
@Suite struct ThinningTests {
    private func record(_ number: Int, _ severity: Severity, outputs: OutputSet = .store) -> TestRecord {
        let text = "\(number) "
        return TestRecord(
            severity: severity, outputs: outputs,
            text: text + String(repeating: "x", count: 1000 - text.utf8.count))
    }

    private func numbers(_ spool: Spool, _ output: OutputSet = .store) throws -> [Int] {
        try spool.texts(for: output).map { Int($0.split(separator: " ")[0])! }
    }

    @Test func theOldestOfTheLowestLevelGo() throws {
        let bench = try SpoolBench { $0.maximumBytes = 20_000 }
        let levels: [Severity] = [.error, .critical, .warning, .error, .warning]
        for number in 0..<25 {
            try bench.spool.append([TestRecord.chunk([record(number, levels[number % 5])])])
        }
        let left = try numbers(bench.spool)
        #expect(bench.spool.statistics().bytes <= 20_000)
        // Warnings are 2 and 4 of each five: the oldest of them are gone, nothing else is.
        let gone = (0..<25).filter { !left.contains($0) }
        #expect(gone == Array([2, 4, 7, 9, 12, 14, 17].prefix(gone.count)))
        #expect(bench.spool.statistics(of: .store)?.overflowed == gone.count)
        #expect(bench.spool.waiting(for: .store) == left.count)
    }

    @Test func recordsFromTheMiddleOfASegmentGoAndTheOthersKeepTheirNumbers() throws {
        let bench = try SpoolBench { $0.maximumBytes = 12_000 }
        let before = (0..<10).map { record($0, $0 % 2 == 0 ? .critical : .error) }
        try bench.spool.append([TestRecord.chunk(before)])
        let sequences = try bench.spool.read(for: .store, limit: .max, maximumBytes: .max).map(\.sequence)
        try bench.spool.append([TestRecord.chunk((10..<14).map { record($0, .critical) })])
        let left = try numbers(bench.spool)
        let gone = (0..<14).filter { !left.contains($0) }
        #expect(gone == Array([1, 3, 5, 7, 9].prefix(gone.count)))
        #expect(!gone.isEmpty)
        let kept = try bench.spool.read(for: .store, limit: .max, maximumBytes: .max)
        for record in kept.prefix(while: { $0.sequence <= sequences.last! }) {
            let number = Int(record.text.split(separator: " ")[0])!
            #expect(record.sequence == sequences[number])
        }
        try bench.reopen()
        #expect(try numbers(bench.spool).count == bench.spool.waiting(for: .store))
    }

    @Test func whatOneOutputHasTakenIsNotCountedForIt() throws {
        let bench = try SpoolBench { $0.maximumBytes = 10_000 }
        try bench.spool.append([
            TestRecord.chunk((0..<8).map { record($0, .error, outputs: [.store, .alerts]) })
        ])
        let taken = try bench.spool.read(for: .alerts, limit: .max, maximumBytes: .max)
        try bench.spool.advance(.alerts, through: taken.last!.sequence)
        try bench.spool.append([TestRecord.chunk((8..<14).map { record($0, .error) })])
        #expect(bench.spool.statistics(of: .alerts)?.overflowed == 0)
        let dropped = bench.spool.statistics(of: .store)?.overflowed ?? 0
        #expect(dropped > 0)
        #expect(try numbers(bench.spool) == Array(dropped..<14))
    }

    @Test func parkedRecordsGoAsWellAndAreCounted() throws {
        let bench = try SpoolBench { $0.maximumBytes = 10_000 }
        try bench.spool.append([TestRecord.chunk((0..<8).map { record($0, .error) })])
        let all = try bench.spool.read(for: .store, limit: .max, maximumBytes: .max)
        try bench.spool.advance(
            .store, through: all.last!.sequence,
            parking: all.map { Parking(sequence: $0.sequence, reason: "no") })
        #expect(bench.spool.statistics().parked == 8)
        try bench.spool.append([TestRecord.chunk((8..<14).map { record($0, .error) })])
        #expect(bench.spool.statistics().bytes <= 10_000)
        let overflowed = bench.spool.statistics(of: .store)?.overflowed ?? 0
        #expect(bench.spool.statistics().parked == 8 - overflowed)
        #expect(overflowed > 0)
        #expect(try numbers(bench.spool) == Array(8..<14))
    }

    @Test(arguments: 1...20) func countsAddUp(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bench = try SpoolBench { $0.maximumBytes = 40_000 }
        var appended: [OutputSet: Int] = [.store: 0, .alerts: 0]
        var taken: [OutputSet: Int] = [.store: 0, .alerts: 0]
        var number = 0
        for _ in 0..<80 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                let records = (0..<Int.random(in: 1...15, using: &random)).map { index in
                    record(
                        number + index, Severity.allCases.randomElement(using: &random)!,
                        outputs: [OutputSet.store, .alerts, [.store, .alerts]].randomElement(using: &random)!)
                }
                number += records.count
                try bench.spool.append([TestRecord.chunk(records)])
                for output in [OutputSet.store, .alerts] {
                    appended[output]! += records.count { $0.outputs.contains(output) }
                }
            } else {
                let output: OutputSet = Bool.random(using: &random) ? .store : .alerts
                let records = try bench.spool.read(
                    for: output, limit: Int.random(in: 1...30, using: &random), maximumBytes: .max)
                guard let last = records.last else { continue }
                try bench.spool.advance(output, through: last.sequence)
                taken[output]! += records.count
            }
            if Int.random(in: 0..<20, using: &random) == 0 { try bench.reopen() }
            #expect(bench.spool.statistics().bytes <= 40_000, "seed \(seed)")
            for output in [OutputSet.store, .alerts] {
                let left = try numbers(bench.spool, output)
                let overflowed = bench.spool.statistics(of: output)?.overflowed ?? 0
                #expect(left == left.sorted(), "seed \(seed)")
                #expect(bench.spool.waiting(for: output) == left.count, "seed \(seed)")
                #expect(appended[output]! == taken[output]! + overflowed + left.count, "seed \(seed)")
            }
        }
        for output in [OutputSet.store, .alerts] {
            if let last = try bench.spool.read(for: output, limit: .max, maximumBytes: .max).last {
                try bench.spool.advance(output, through: last.sequence)
            }
        }
        #expect(bench.spool.statistics().bytes == 0, "seed \(seed)")
    }
}
