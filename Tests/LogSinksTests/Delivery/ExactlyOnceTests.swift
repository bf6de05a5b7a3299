import LogModel
import LogPipeline
import LogSinks
import LogSpool
import LogTesting
import Testing

/// Whatever the sink answers and whenever the daemon dies: each record is in the store once, in order, or parked.
@Suite struct ExactlyOnceTests {
    @Test(arguments: 1...40) func eachRecordArrivesOnce(seed: UInt64) async throws {
        var generator = LogTesting.SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        let sink = ScriptedSink(refuse: { record in
            record.message.hasSuffix("7") ? "sevens are refused" : nil
        })
        var appended = 0
        // Every other one with batches so small that the next is made ready while one is on its way.
        let maximum = seed % 2 == 0 ? 1000 : 11
        var bench = try DeliveryBench(directory: directory, sink: sink) { $0.batchMaximumRecords = maximum }
        for _ in 0..<40 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4:
                let count = Int.random(in: 1...30, using: &generator)
                try await bench.append(appended..<appended + count)
                appended += count
            case 4..<6: await bench.pass(seconds: Int64.random(in: 1...40, using: &generator))
            case 6:
                await sink.add(
                    .retry(after: .seconds(Int.random(in: 0...3, using: &generator)), reason: "busy"))
            case 7: await sink.add(.deliverAndRetry(reason: "broke"), .retry(reason: "away"))
            case 8: _ = await bench.delivery.flush(within: .seconds(1))
            default: bench = try await restart(bench, directory, sink, maximum)
            }
        }
        await sink.clearScript()
        for _ in 0..<4 { await bench.pass(seconds: 31) }

        let expected = (0..<appended).map { "record \($0)" }
        #expect(await sink.messages == expected.filter { !$0.hasSuffix("7") }, "seed \(seed)")
        let parked = try bench.spool.parked(limit: .max).compactMap {
            LogRecord(wireBytes: $0.payload)?.message
        }
        #expect(parked == expected.filter { $0.hasSuffix("7") }, "seed \(seed)")
        #expect(bench.spool.waiting(for: .store) == 0)
    }

    /// As after kill -9: the delivery has no chance to say anything to the spool.
    private func restart(
        _ bench: DeliveryBench, _ directory: TemporaryDirectory, _ sink: ScriptedSink, _ maximum: Int
    ) async throws -> DeliveryBench {
        bench.spool.close()
        _ = await bench.delivery.stop(within: .zero)
        return try DeliveryBench(directory: directory, sink: sink) { $0.batchMaximumRecords = maximum }
    }

    @Test func aCrashBetweenDeliveryAndTheSpoolSendsAgainAndIsThereOnce() async throws {
        let directory = try TemporaryDirectory()
        let sink = ScriptedSink()
        var bench = try DeliveryBench(directory: directory, sink: sink)
        let spool = bench.spool
        await sink.onDelivered { spool.close() }
        try await bench.append(0..<10)
        #expect(bench.events.all.contains { if case .spoolFailed = $0 { true } else { false } })
        _ = await bench.delivery.stop(within: .zero)
        await sink.onDelivered {}
        bench = try DeliveryBench(directory: directory, sink: sink)
        await bench.settle()
        #expect(await sink.attempts == [10, 10])
        #expect(await sink.messages == (0..<10).map { "record \($0)" })
        #expect(bench.spool.waiting(for: .store) == 0)
    }
}
