import LogModel
import LogPipeline
import LogSinks
import LogSpool
import LogTesting
import Synchronization

/// A spool, a sink and the delivery between them, under a clock that the test moves.
final class DeliveryBench: Sendable {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    let spool: Spool
    let sink: ScriptedSink
    let delivery: Delivery
    let events = EventLog()

    init(
        _ script: [ScriptedSink.Step] = [], directory: TemporaryDirectory? = nil, sink: ScriptedSink? = nil,
        maximumBytes: Int? = nil, adjust: (inout DeliverySettings) -> Void = { _ in },
        refuse: @escaping @Sendable (LogRecord) -> String? = { _ in nil }
    ) throws {
        self.directory = try directory ?? TemporaryDirectory()
        var configuration = SpoolConfiguration()
        configuration.directory = self.directory.path
        configuration.reserveBytes = 0
        if let maximumBytes { configuration.maximumBytes = maximumBytes }
        spool = try Spool(configuration, outputs: .store, clock: clock)
        self.sink = sink ?? ScriptedSink(script, refuse: refuse)
        var settings = DeliverySettings()
        adjust(&settings)
        let log = events
        delivery = Delivery(
            self.sink, from: spool, output: .store, settings: settings, clock: clock,
            executor: ThreadExecutor(name: "delivery"), tell: { log.add($0) })
    }

    /// Appends records with these numbers, and lets the delivery look.
    func append(_ numbers: Range<Int>) async throws {
        try spool.append([
            TestRecords.chunk(TestRecords.make(numbers.count, from: numbers.lowerBound), for: .store)
        ])
        await settle()
    }

    /// Lets this much time pass, and the delivery do what is due then.
    func pass(seconds: Int64) async {
        clock.advance(seconds: seconds)
        await settle()
    }

    /// Takes turns until the delivery waits for time, for records, or for a sink that hangs.
    func settle() async {
        var calm = 0
        while calm < 3 {
            await delivery.turn()
            let before = await sink.attempts.count
            for _ in 0..<20 { await Task.yield() }
            let isDelivering = await delivery.status().phase == .delivering
            let isHanging = await sink.isHanging
            let moved = await sink.attempts.count != before || (isDelivering && !isHanging)
            calm = moved ? 0 : calm + 1
        }
    }

    func messages() async -> [String] { await sink.messages }
}

/// The events of a delivery, in order.
final class EventLog: Sendable {
    private let events = Mutex<[DeliveryEvent]>([])

    func add(_ event: DeliveryEvent) { events.withLock { $0.append(event) } }
    var all: [DeliveryEvent] { events.withLock { $0 } }
    var warnings: [DeliveryWarnings] {
        all.compactMap { if case .warns(let what) = $0 { what } else { nil } }
    }
}
