import LogModel
import LogPipeline
import LogSinks
import LogSpool
import LogTesting
import Testing

@Suite struct DeliveryTests {
    private func messages(_ numbers: Range<Int>) -> [String] { numbers.map { "record \($0)" } }

    @Test func recordsArriveInOrderAndLeaveTheSpool() async throws {
        let bench = try DeliveryBench()
        try await bench.append(0..<25)
        #expect(await bench.messages() == messages(0..<25))
        #expect(bench.spool.waiting(for: .store) == 0)
        #expect(
            bench.events.all == [.recovered(wasUnreachable: false, waiting: 25), .delivered(records: 25)])
    }

    @Test func fewerThanABatchWaitForTheInterval() async throws {
        let bench = try DeliveryBench()
        try await bench.append(0..<3)
        #expect(await bench.messages().isEmpty)
        await bench.pass(seconds: 4)
        #expect(await bench.messages().isEmpty)
        await bench.pass(seconds: 1)
        #expect(await bench.messages() == messages(0..<3))
    }

    @Test func aFailureLeavesTheRecordsInTheSpoolAndIsTriedAgain() async throws {
        let bench = try DeliveryBench([.retry(reason: "away")])
        try await bench.append(0..<10)
        #expect(bench.spool.waiting(for: .store) == 10)
        #expect(await bench.delivery.status().lastFailure == "away")
        await bench.pass(seconds: 29)
        #expect(await bench.messages().isEmpty)
        await bench.pass(seconds: 1)
        #expect(await bench.messages() == messages(0..<10))
        #expect(await bench.delivery.status().lastFailure == nil)
    }

    @Test func anUnreachableOutputIsToldOnceAndCatchesUpByItself() async throws {
        let away = [ScriptedSink.Step](repeating: .retry(reason: "away"), count: 5)
        let bench = try DeliveryBench(away)
        try await bench.append(0..<12)
        for round in 0..<4 {
            try await bench.append(12 + round * 500..<12 + (round + 1) * 500)
            await bench.pass(seconds: 30)
        }
        #expect(
            bench.events.all.filter { if case .unreachable = $0 { true } else { false } }
                == [.unreachable(reason: "away", waiting: 1012)])
        #expect(await bench.delivery.status().isUnreachable)
        await bench.pass(seconds: 30)
        await bench.pass(seconds: 5)
        #expect(await bench.messages() == messages(0..<2012))
        #expect(bench.events.all.contains(.recovered(wasUnreachable: true, waiting: 2012)))
        // The first try takes what there is; then small ones, and large batches once it is back.
        #expect(await bench.sink.attempts == [12, 10, 10, 10, 10, 10, 1000, 1000, 2])
    }

    @Test func onlyTheRefusedRecordIsParked() async throws {
        let bench = try DeliveryBench(refuse: { $0.message == "record 4" ? "value too long" : nil })
        try await bench.append(0..<10)
        #expect(await bench.messages() == messages(0..<4) + messages(5..<10))
        let parked = try bench.spool.parked(limit: 10)
        #expect(parked.map(\.reason) == ["value too long"])
        #expect(parked.first.map { String(decoding: $0.payload, as: UTF8.self).contains("record 4") } == true)
        #expect(bench.events.all.suffix(2) == [.delivered(records: 9), .warns(.parked)])
    }

    @Test func parkedRecordsThatAreReplayedArrive() async throws {
        let bench = try DeliveryBench([.reject([2: "no", 5: "no"])])
        try await bench.append(0..<10)
        #expect(try bench.spool.replayParked(.store) == 2)
        #expect(await bench.delivery.flush(within: .seconds(10)) == .drained)
        #expect(await bench.messages().suffix(2) == ["record 2", "record 5"])
        #expect(try bench.spool.parked(limit: 10).isEmpty)
        #expect(bench.spool.statistics().bytes == 0)
        #expect(bench.events.warnings == [.parked, []])
    }

    @Test func bytesThatAreNoRecordAreParkedAndHoldNothingUp() async throws {
        let bench = try DeliveryBench()
        var buffer = OutputBuffer()
        let start = RecordFrame.open(in: &buffer)
        buffer.append("not json")
        RecordFrame.close(at: start, in: &buffer, severity: .error, outputs: .store)
        try bench.spool.append([RecordChunk(buffer, count: 1)])
        try await bench.append(0..<10)
        #expect(await bench.messages() == messages(0..<10))
        #expect(try bench.spool.parked(limit: 10).map(\.reason) == ["not a record"])
    }

    @Test func aFlushDeliversAtOnce() async throws {
        let bench = try DeliveryBench()
        try await bench.append(0..<3)
        #expect(await bench.delivery.flush(within: .seconds(10)) == .drained)
        #expect(await bench.messages() == messages(0..<3))
    }

    @Test func aFlushTellsWhatFailed() async throws {
        let bench = try DeliveryBench([.retry(reason: "away")])
        try await bench.append(0..<3)
        #expect(await bench.delivery.flush(within: .seconds(10)) == .failed("away"))
        #expect(await bench.delivery.flush(within: .seconds(10)) == .drained)
    }

    @Test func aFlushOfNothingIsDone() async throws {
        let bench = try DeliveryBench()
        #expect(await bench.delivery.flush(within: .zero) == .drained)
    }

    @Test func aFlushThatGetsNoAnswerExpires() async throws {
        let bench = try DeliveryBench([.hang])
        try await bench.append(0..<10)
        async let outcome = bench.delivery.flush(within: .seconds(3))
        await bench.settle()
        await bench.pass(seconds: 3)
        #expect(await outcome == .expired)
        await bench.sink.release()
        await bench.settle()
        #expect(bench.spool.waiting(for: .store) == 0)
    }

    @Test func stoppingLeavesTheRestInTheSpool() async throws {
        let bench = try DeliveryBench([.retry(reason: "away")])
        try await bench.append(0..<3)
        #expect(await bench.delivery.stop(within: .seconds(5)) == .failed("away"))
        try await bench.append(3..<20)
        #expect(await bench.messages().isEmpty)
        #expect(bench.spool.waiting(for: .store) == 20)
    }

    @Test func aLateAnswerCountsAndNothingGoesTwice() async throws {
        let bench = try DeliveryBench([.hang])
        try await bench.append(0..<10)
        await bench.pass(seconds: 60)
        #expect(await bench.delivery.status().failures == 1)
        await bench.pass(seconds: 120)
        #expect(await bench.delivery.status().failures >= 2)
        await bench.sink.release()
        await bench.settle()
        #expect(await bench.sink.attempts == [10])
        #expect(await bench.delivery.status().failures == 0)
    }

    @Test func aBacklogGoesInOrderBatchByBatch() async throws {
        let bench = try DeliveryBench { $0.batchMaximumRecords = 10 }
        try await bench.append(0..<90)
        #expect(await bench.sink.attempts == [Int](repeating: 10, count: 9))
        #expect(await bench.messages() == messages(0..<90))
        #expect(bench.spool.waiting(for: .store) == 0)
    }

    @Test func whatWasMadeReadyComesAgainAfterAFailure() async throws {
        let bench = try DeliveryBench([.deliver, .retry(reason: "away")]) { $0.batchMaximumRecords = 20 }
        try await bench.append(0..<70)
        await bench.pass(seconds: 30)
        #expect(await bench.sink.attempts == [20, 20, 10, 20, 20])
        #expect(await bench.messages() == messages(0..<70))
    }

    @Test func whatTheFullSpoolDropsIsTold() async throws {
        let bench = try DeliveryBench([.retry(reason: "away")], maximumBytes: 20_000)
        try await bench.append(0..<200)
        let dropped = bench.events.all.compactMap {
            if case .dropped(let records) = $0 { records } else { nil }
        }
        #expect(dropped.count == 1)
        #expect(bench.spool.waiting(for: .store) == 200 - dropped[0])
        await bench.pass(seconds: 1)
        #expect(bench.events.all.filter { if case .dropped = $0 { true } else { false } }.count == 1)
    }

    @Test func aBacklogIsAWarningUntilItIsWorkedOffAndSoIsWhatWasDropped() async throws {
        let bench = try DeliveryBench([.hang], maximumBytes: 20_000) { $0.batchMaximumRecords = 20 }
        try await bench.append(0..<200)
        #expect(bench.events.warnings.last == [.behind, .dropped])
        await bench.sink.release()
        await bench.settle()
        await bench.pass(seconds: 5)
        #expect(bench.events.warnings.last == [])
        #expect(bench.spool.waiting(for: .store) == 0)
    }

    @Test func statusSaysHowLongTheOldestHasWaited() async throws {
        let bench = try DeliveryBench([.retry(reason: "away")])
        try await bench.append(0..<10)
        await bench.pass(seconds: 20)
        let status = await bench.delivery.status()
        #expect(status.waiting == 10)
        #expect(status.oldestWaiting?.seconds == 1_770_000_000)
    }
}
