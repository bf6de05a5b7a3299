import Dispatch
import Glibc
import LogModel
import LogPipeline
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

/// A journald that notes what it gets, and hangs or refuses on demand.
private final class FakeJournal: JournalTransport {
    let state = Mutex(State())
    let gate = DispatchSemaphore(value: 0)

    struct State {
        var isThere = true
        var looked = 0
        var failure: CInt?
        var hangs = false
        var messages: [String] = []
        var shown: [String] = []
        var events: [JournalEvent] = []
    }

    var isThere: Bool {
        state.withLock {
            $0.looked += 1
            return $0.isThere
        }
    }

    func send(_ entry: JournalEntry) throws(SystemCallError) {
        if state.withLock({ $0.hangs }) { gate.wait() }
        let failure = state.withLock { state in
            if state.failure == nil { state.messages.append(entry[.message] ?? "") }
            return state.failure
        }
        if let failure { throw SystemCallError(code: failure) }
    }

    func sink(
        _ mode: JournalConfiguration.Mode = .auto, minimumLevel: Severity = .error,
        clock: any LogModel.Clock = ManualClock()
    ) -> JournalSink {
        var configuration = JournalConfiguration()
        configuration.enabled = mode
        configuration.minimumLevel = minimumLevel
        return JournalSink(
            configuration: configuration, clock: clock, transport: self,
            standardError: { line in self.state.withLock { $0.shown.append(line) } },
            events: { event in self.state.withLock { $0.events.append(event) } })
    }

    var messages: [String] { state.withLock { $0.messages } }
    var shown: [String] { state.withLock { $0.shown } }
    var events: [JournalEvent] { state.withLock { $0.events } }
}

private func frames(_ messages: String..., level: Severity = .error) -> RecordChunk {
    var bytes = OutputBuffer()
    for message in messages {
        let start = RecordFrame.open(in: &bytes)
        LogRecord(timestamp: Timestamp(seconds: 0), level: level, service: "s", message: message)
            .appendWire(to: &bytes, zone: .utc)
        RecordFrame.close(at: start, in: &bytes, severity: level, outputs: .store)
    }
    return RecordChunk(bytes, count: messages.count)
}

@Suite struct `The journal output` {
    private let journal = FakeJournal()
    let clock = ManualClock()

    /// Returns when everything submitted was dealt with.
    func settled(_ sink: JournalSink) async { _ = await sink.deliver([]) }

    @Test func `sends records of the configured severity, in order`() async {
        let sink = journal.sink(minimumLevel: .warning)
        sink.submit(frames("a", "b"))
        sink.submit(frames("c", level: .info))
        sink.submit(frames("d", level: .warning))
        #expect(await sink.stop(within: .seconds(10)))
        #expect(journal.messages == ["a", "b", "d"])
        #expect(journal.events.isEmpty && journal.shown.isEmpty)
    }

    @Test func `shows the same on stderr where there is no journald, and finds one that comes`() async {
        journal.state.withLock { $0.isThere = false }
        let sink = journal.sink(clock: clock)
        sink.submit(frames("a"))
        await settled(sink)
        #expect(journal.shown == ["<3>hantu-s: a\n"])
        #expect(journal.events == [.toStandardError(records: 1)], "a host without journald is no fault")
        journal.state.withLock { $0.isThere = true }
        sink.submit(frames("b"))
        await settled(sink)
        #expect(journal.messages.isEmpty, "it is looked for once a second")
        clock.advance(seconds: 1)
        sink.submit(frames("c"))
        #expect(await sink.stop(within: .seconds(10)))
        #expect(journal.messages == ["c"])
        #expect(journal.state.withLock { $0.looked } == 2)
    }

    @Test func `is at fault without the journald that was asked for`() async {
        journal.state.withLock { $0.isThere = false }
        let sink = journal.sink(.on)
        sink.submit(frames("a"))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.events.first == .failing(SystemCallError(code: ENOENT)))
        #expect(journal.shown.count == 1)
    }

    @Test func `does nothing when it is turned off`() async {
        let sink = journal.sink(.off)
        sink.submit(frames("a"))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.messages.isEmpty && journal.shown.isEmpty && journal.events.isEmpty)
    }

    @Test func `falls back to stderr while journald refuses, told once`() async {
        let sink = journal.sink()
        journal.state.withLock { $0.failure = ECONNREFUSED }
        sink.submit(frames("a", "b"))
        await settled(sink)
        #expect(journal.shown.count == 2)
        journal.state.withLock { $0.failure = nil }
        sink.submit(frames("c"))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.messages == ["c"])
        #expect(
            journal.events.filter { $0 != .toStandardError(records: 1) }
                == [.failing(SystemCallError(code: ECONNREFUSED)), .recovered])
    }

    @Test func `drops and counts what a hanging journald can't take, and never blocks`() async {
        let sink = journal.sink()
        journal.state.withLock { $0.hangs = true }
        let large = String(repeating: "x", count: 100_000)
        for _ in 0..<20 { sink.submit(frames(large, "y")) }
        let dropped = journal.events.reduce(0) { sum, event in
            if case .dropped(.queueFull, let records) = event { sum + records } else { sum }
        }
        #expect(dropped == 20)
        #expect(sink.queuedBytes <= JournalSink.queueLimit)
        #expect(await sink.stop(within: .milliseconds(50)) == false)
        #expect(journal.events.last == .dropped(.stopped, records: 20))
        sink.submit(frames("late"))
        #expect(journal.events.last == .dropped(.stopped, records: 1))
        for _ in 0..<20 { journal.gate.signal() }
    }

    @Test func `says when it has caught up after it dropped records`() async {
        let sink = journal.sink()
        journal.state.withLock { $0.hangs = true }
        let large = String(repeating: "x", count: 600_000)
        for _ in 0..<3 { sink.submit(frames(large)) }
        #expect(journal.events == [.dropped(.queueFull, records: 1), .dropped(.queueFull, records: 1)])
        journal.state.withLock { $0.hangs = false }
        journal.gate.signal()
        sink.submit(frames("y"))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.events.filter { $0 == .caughtUp }.count == 1)
        #expect(journal.messages == [large, "y"])
    }

    @Test func `takes one chunk that is larger than its queue`() async {
        let sink = journal.sink()
        sink.submit(frames(String(repeating: "x", count: 2 << 20)))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.messages.count == 1)
    }

    @Test func `sends what it can't decode as it is`() async {
        var bytes = OutputBuffer()
        let start = RecordFrame.open(in: &bytes)
        bytes.append("no record")
        RecordFrame.close(at: start, in: &bytes, severity: .critical, outputs: [])
        let sink = journal.sink()
        sink.submit(RecordChunk(bytes, count: 1))
        _ = await sink.stop(within: .seconds(10))
        #expect(journal.messages == ["no record"])
        #expect(journal.events == [.undecodable])
    }

    @Test func `delivers a batch as any sink does`() async {
        let sink = journal.sink()
        let record = LogRecord(timestamp: Timestamp(seconds: 0), message: "m")
        #expect(await sink.deliver([record, record]) == .delivered)
        journal.state.withLock { $0.failure = EPERM }
        #expect(
            await sink.deliver([record])
                == .retry(after: nil, reason: "journald: \(SystemCallError(code: EPERM))"))
        #expect(journal.shown.isEmpty, "its caller tries again")
        _ = await sink.stop(within: .seconds(10))
        #expect(await sink.deliver([record]) != .delivered)
    }
}
