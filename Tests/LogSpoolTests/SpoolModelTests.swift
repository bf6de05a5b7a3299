import Foundation
import LogModel
import LogSpool
import LogTesting
import Testing

/// Random operations against a model, with the spool closed and opened, and crash images taken, at random points.
@Suite struct SpoolModelTests {
    @Test(arguments: 1...30) func theSpoolIsWhatTheModelIs(seed: UInt64) throws {
        var run = try ModelRun(seed: seed)
        for step in 0..<60 {
            try run.operate()
            try run.compare("seed \(seed), step \(step)")
        }
        try run.drain()
        #expect(run.bench.spool.statistics().bytes == 0, "seed \(seed)")
    }

    /// A copy of the directory at each fault point is what kill -9 leaves; it must open as either the state
    /// before the operation or the one after it.
    @Test(arguments: 1...15) func aCrashAtAnyPointLeavesTheStateBeforeOrAfter(seed: UInt64) throws {
        var run = try ModelRun(seed: seed)
        let images = ImageTaker(of: run.bench.configuration.directory)
        try run.bench.reopen(faults: FaultPoints { images.take(at: $0) })
        for step in 0..<25 {
            let before = try Contents(run.bench.spool)
            try run.operate()
            let after = try Contents(run.bench.spool)
            for image in images.removeAll() {
                let found = try image.contents()
                #expect(
                    found == before || found == after,
                    "seed \(seed), step \(step), at \(image.point.rawValue)")
                if image.point.rawValue.hasSuffix("after-commit") && image.isLast {
                    #expect(found == after, "seed \(seed), step \(step), at \(image.point.rawValue)")
                }
            }
        }
        #expect(images.taken > 8)
    }
}

/// One random run.
struct ModelRun {
    let bench: SpoolBench
    var model = ModelSpool()
    var random: SeededGenerator
    var next = 0
    var lastSequence: Int64 = 0

    init(seed: UInt64) throws {
        bench = try SpoolBench()
        random = SeededGenerator(seed: seed)
    }

    mutating func operate() throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<5: try append()
        case 5..<9: try advance()
        case 9: try replay()
        case 10: try bench.reopen()
        default: bench.clock.advance(seconds: 10)
        }
    }

    private mutating func append() throws {
        let takers: [OutputSet] = [.store, .alerts, [.store, .alerts], [.store, .alerts], []]
        let long = Int.random(in: 0..<20, using: &random) == 0
        let records = (0..<Int.random(in: 1...12, using: &random)).map { index in
            TestRecord(
                severity: Severity.allCases.randomElement(using: &random)!,
                outputs: takers.randomElement(using: &random)!,
                text: "\(next + index) " + String(repeating: "x", count: long ? 100_000 : index * 40))
        }
        next += records.count
        let split = Int.random(in: 0...records.count, using: &random)
        try bench.spool.append([
            TestRecord.chunk(Array(records[..<split])), TestRecord.chunk(Array(records[split...])),
        ])
        var sequences: [OutputSet: [Int64]] = [:]
        for output in [OutputSet.store, .alerts] {
            let known = model.entries[output]!.last?.sequence ?? 0
            sequences[output] = try bench.spool.read(for: output, limit: .max, maximumBytes: .max)
                .map(\.sequence).filter { $0 > known }
            for sequence in sequences[output]! { #expect(sequence > lastSequence) }
        }
        lastSequence = max(lastSequence, sequences.values.joined().max() ?? 0)
        model.append(records, sequences: sequences)
    }

    private mutating func advance() throws {
        let output: OutputSet = Bool.random(using: &random) ? .store : .alerts
        let limit = Int.random(in: 1...20, using: &random)
        let records = try bench.spool.read(for: output, limit: limit, maximumBytes: .max)
        guard !records.isEmpty else { return }
        // Also without a read of its own, and by fewer records than were read.
        if Bool.random(using: &random) {
            _ = try bench.spool.read(for: output, limit: 1, maximumBytes: .max)
        }
        let last = records[Int.random(in: 0..<records.count, using: &random)].sequence
        let parking = records.filter { $0.sequence <= last && $0.sequence % 7 == 0 }
            .map { Parking(sequence: $0.sequence, reason: "seven", attempts: 2) }
        try bench.spool.advance(output, through: last, parking: parking)
        model.advance(output, through: last, parking: parking)
    }

    private mutating func replay() throws {
        let output: OutputSet = Bool.random(using: &random) ? .store : .alerts
        let back = model.parked.filter { $0.output == output }
        #expect(try bench.spool.replayParked(output) == back.count)
        model.parked.removeAll { $0.output == output }
        let known = model.entries[output]!.last?.sequence ?? 0
        let records = try bench.spool.read(for: output, limit: .max, maximumBytes: .max)
            .filter { $0.sequence > max(known, lastSequence) }
        #expect(records.map(\.text) == back.map(\.text))
        for record in records {
            model.entries[output]!.append(
                ModelSpool.Entry(
                    sequence: record.sequence,
                    record: TestRecord(severity: record.severity, outputs: output, text: record.text)))
        }
        lastSequence = max(lastSequence, records.last?.sequence ?? 0)
    }

    func compare(_ comment: Comment) throws {
        let statistics = bench.spool.statistics()
        for output in [OutputSet.store, .alerts] {
            let found = try bench.spool.read(for: output, limit: .max, maximumBytes: .max)
            #expect(found.map(\.text) == model.texts(output), comment)
            #expect(found.map(\.severity) == model.entries[output]!.map(\.record.severity), comment)
            #expect(found.map(\.sequence) == model.entries[output]!.map(\.sequence), comment)
            let numbers = statistics.outputs.first { $0.output == output }
            #expect(numbers?.waiting == found.count, comment)
            #expect(numbers?.parked == model.parked.filter { $0.output == output }.count, comment)
            #expect((numbers?.oldest == nil) == found.isEmpty, comment)
        }
        let parked = try bench.spool.parked(limit: .max)
        #expect(
            parked.map { String(decoding: $0.payload, as: UTF8.self) } == model.parked.map(\.text), comment)
        #expect(parked.map(\.reason) == model.parked.map(\.reason), comment)
    }

    mutating func drain() throws {
        for output in [OutputSet.store, .alerts] {
            _ = try bench.spool.replayParked(output)
            while let last = try bench.spool.read(for: output, limit: 50, maximumBytes: .max).last {
                try bench.spool.advance(output, through: last.sequence)
            }
        }
    }
}
