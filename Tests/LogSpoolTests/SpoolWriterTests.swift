import Glibc
import LogModel
import LogSpool
import LogTesting
import Synchronization
import Testing

@Suite struct SpoolWriterTests {
    /// What the writer told, to be waited for.
    private final class Told: Sendable {
        struct State {
            var committed: [Int64] = []
            var failures: [SpoolError] = []
            var recovered = 0
            var room = 0
        }

        let state = Monitor(State())

        var callbacks: SpoolWriter.Callbacks {
            var callbacks = SpoolWriter.Callbacks()
            callbacks.committed = { [state] ticket in state.change { $0.committed.append(ticket) } }
            callbacks.failed = { [state] error in state.change { $0.failures.append(error) } }
            callbacks.recovered = { [state] in state.change { $0.recovered += 1 } }
            callbacks.hasRoom = { [state] in state.change { $0.room += 1 } }
            return callbacks
        }

        /// Waits, ten seconds at most, until this holds.
        func wait(_ condition: @escaping @Sendable (State) -> Bool) -> Bool {
            let rounds = Mutex(0)
            return state.await { state in
                if condition(state) { return .done(true) }
                let round = rounds.withLock {
                    $0 += 1; return $0
                }
                return round > 100 ? .done(false) : .wait(nanoseconds: 100_000_000)
            }
        }
    }

    /// The machine's clock: the writer's thread really waits.
    private struct SystemClock: Clock {
        func now() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
        func monotonicNanoseconds() -> UInt64 {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
        }
    }

    @Test func aCallIsAnsweredOnTheThreadAlsoWhileCommitsFailAndAfterTheStop() throws {
        let bench = try SpoolBench()
        let told = Told()
        let writer = SpoolWriter(bench.spool, clock: SystemClock(), callbacks: told.callbacks)
        let answered = Monitor(0)
        let answer: @Sendable () -> Void = { answered.change { $0 += 1 } }
        writer.call(answer)
        #expect(answered.await { $0 == 1 ? .done(true) : .wait(nanoseconds: nil) })
        bench.spool.close()
        #expect(writer.submit(TestRecord.chunk("can't be committed")) != nil)
        #expect(told.wait { !$0.failures.isEmpty })
        writer.call(answer)
        #expect(answered.await { $0 == 2 ? .done(true) : .wait(nanoseconds: nil) })
        #expect(writer.stop().count == 1)
        writer.call(answer)
        #expect(answered.read { $0 } == 3)
    }

    @Test func submissionsAreCommittedInOrder() throws {
        let bench = try SpoolBench()
        let told = Told()
        let writer = SpoolWriter(bench.spool, clock: SystemClock(), callbacks: told.callbacks)
        for number in 1...300 { #expect(writer.submit(TestRecord.chunk("\(number)")) == Int64(number)) }
        #expect(told.wait { $0.committed.last == 300 })
        #expect(writer.stop().isEmpty)
        #expect(try bench.spool.texts(for: .store) == (1...300).map(String.init))
        let tickets = told.state.read { $0.committed }
        #expect(tickets == tickets.sorted())
        #expect(tickets.count < 300)
    }

    @Test func stoppingCommitsWhatWaits() throws {
        let bench = try SpoolBench()
        let writer = SpoolWriter(bench.spool, clock: SystemClock(), callbacks: Told().callbacks)
        for number in 1...50 { _ = writer.submit(TestRecord.chunk("\(number)")) }
        #expect(writer.stop().isEmpty)
        #expect(try bench.spool.texts(for: .store).count == 50)
        #expect(writer.submit(TestRecord.chunk("too late")) == nil)
    }

    @Test func aWriterThatIsFullRefusesAndTellsWhenThereIsRoom() throws {
        let bench = try SpoolBench()
        let told = Told()
        let gate = Monitor(false)
        try bench.reopen(
            faults: FaultPoints { point in
                guard point == .appendBeforeCommit else { return }
                gate.await { $0 ? .done(()) : .wait(nanoseconds: nil) }
            })
        let writer = SpoolWriter(
            bench.spool, clock: SystemClock(), maximumBytes: 10_000, callbacks: told.callbacks)
        let chunk = TestRecord.chunk(String(repeating: "x", count: 4000))
        #expect(writer.submit(chunk) == 1)
        #expect(writer.submit(chunk) == 2)
        #expect(writer.submit(chunk) == nil)
        gate.change { $0 = true }
        #expect(told.wait { $0.room == 1 })
        #expect(writer.submit(chunk) == 3)
        #expect(writer.stop().isEmpty)
        #expect(try bench.spool.texts(for: .store).count == 3)
    }

    @Test func aChunkLargerThanTheBoundGoesWhenNothingElseWaits() throws {
        let bench = try SpoolBench()
        let writer = SpoolWriter(
            bench.spool, clock: SystemClock(), maximumBytes: 100, callbacks: Told().callbacks)
        #expect(writer.submit(TestRecord.chunk(String(repeating: "x", count: 5000))) == 1)
        #expect(writer.stop().isEmpty)
    }

    /// Its clock stands still: behind the first commit nothing is ever due.
    @Test func whatIsAwaitedIsCommittedAtOnceWithAllThatWaits() throws {
        let bench = try SpoolBench()
        let told = Told()
        let writer = SpoolWriter(bench.spool, clock: ManualClock(), callbacks: told.callbacks)
        #expect(writer.submit(TestRecord.chunk("the first one goes at once")) == 1)
        #expect(told.wait { $0.committed == [1] })
        #expect(writer.submit(TestRecord.chunk("waits for more")) == 2)
        #expect(writer.submit(TestRecord.chunk("somebody waits for it"), awaited: true) == 3)
        #expect(told.wait { $0.committed == [1, 3] })
        #expect(writer.stop().isEmpty)
    }

    @Test func whatCanNotBeCommittedIsKeptAndGivenBackAtTheEnd() throws {
        let bench = try SpoolBench()
        let told = Told()
        bench.spool.close()
        let clock = ManualClock()
        let writer = SpoolWriter(bench.spool, clock: clock, callbacks: told.callbacks)
        _ = writer.submit(TestRecord.chunk("a"))
        #expect(told.wait { $0.failures.count == 1 })
        _ = writer.submit(TestRecord.chunk("b"))
        #expect(told.state.read { $0.failures.count } == 1)
        clock.advance(seconds: 1)
        writer.hurry()
        #expect(told.wait { $0.failures.count == 2 })
        #expect(writer.stop().count == 2)
        #expect(told.state.read { $0.committed }.isEmpty)
    }
}
