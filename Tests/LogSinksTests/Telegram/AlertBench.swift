import Foundation
import LogModel
import LogSinks
import LogSpool
import LogTesting
import Synchronization

/// A spool, the alerts from it and a bot, under a clock that the test moves.
final class AlertBench {
    let directory: TemporaryDirectory
    let clock: ManualClock
    let bot: ScriptedBot
    let spool: Spool
    let delivery: AlertDelivery
    static let token = "123:secret-token"

    /// With another bench's directory, clock and bot it is the daemon's next life; with a copy of a directory, what
    /// comes after a crash.
    init(
        chats: [String] = ["1"], after other: AlertBench? = nil, in copy: TemporaryDirectory? = nil,
        at time: Int64 = 1_770_000_000, maximumBytes: Int = 1 << 30, faults: FaultPoints = .none,
        recurrence: RecurrenceWatch? = nil
    ) throws {
        directory = try copy ?? other?.directory ?? TemporaryDirectory()
        clock = other?.clock ?? ManualClock(seconds: time)
        bot = other?.bot ?? ScriptedBot()
        var configuration = SpoolConfiguration()
        configuration.directory = directory.file("spool")
        configuration.reserveBytes = 0
        configuration.maximumBytes = maximumBytes
        spool = try Spool(configuration, outputs: [.store, .alerts], clock: clock, faults: faults)
        let bot = bot
        let box = box
        delivery = AlertDelivery(
            from: spool, settings: AlertBench.settings(chats), clock: clock, faults: faults,
            recurrence: recurrence, jitter: { 0 }, connect: { bot }, tell: { box.add($0) })
    }

    private let box = EventBox()
    var told: [AlertEvent] { box.all }

    static func settings(_ chats: [String]) -> AlertSettings {
        var configuration = AlertsConfiguration()
        configuration.token = token
        configuration.chatIDs = chats
        return AlertSettings(configuration, zone: .utc)
    }

    func append(_ records: LogRecord...) async throws { try await append(records) }

    func append(_ records: [LogRecord]) async throws {
        try spool.append([TestRecords.chunk(records, for: .alerts)])
        await settle()
    }

    func pass(seconds: Int64) async {
        for _ in 0..<seconds {
            clock.advance(seconds: 1)
            await settle()
        }
    }

    /// As after kill -9: nothing more is told to the spool, nor to anybody. Without a spool the delivery would go on
    /// in memory, so it loses its chats as well.
    func kill() async {
        spool.close()
        await delivery.change(AlertBench.settings([]))
    }

    /// Takes turns until nothing is on its way any more.
    func settle() async {
        var calm = 0
        while calm < 3 {
            let before = box.turns(bot.texts().count)
            await delivery.turn()
            for _ in 0..<20 { await Task.yield() }
            calm = box.turns(bot.texts().count) == before ? calm + 1 : 0
        }
        // What was answered is committed.
        await delivery.turn()
    }
}

/// The events of a delivery, in order.
final class EventBox: Sendable {
    private let events = Mutex<[AlertEvent]>([])

    func add(_ event: AlertEvent) { events.withLock { $0.append(event) } }
    var all: [AlertEvent] { events.withLock { $0 } }
    func turns(_ sent: Int) -> Int { events.withLock { $0.count } + sent }
}

/// Copies of a bench's spool as a crash at one fault point leaves it, each with what had been told and taken.
final class CrashCopies: Sendable {
    struct Copy {
        let directory: TemporaryDirectory
        let time: Int64
        let told: Int
        let appended: Int
    }

    private struct State {
        var source: (path: String, bot: ScriptedBot, clock: ManualClock)?
        var appended = 0
        var copies: [Copy] = []
    }

    private let point: FaultPoint
    private let state = Mutex(State())

    init(at point: FaultPoint) { self.point = point }

    var all: [Copy] { state.withLock { $0.copies } }

    func observe(_ bench: AlertBench) {
        let source = (bench.directory.file("spool"), bench.bot, bench.clock)
        state.withLock { $0.source = source }
    }

    /// So many more records are in the spool.
    func appended(_ count: Int) { state.withLock { $0.appended += count } }

    func take(at point: FaultPoint) {
        guard point == self.point else { return }
        state.withLock { state in
            guard let (path, bot, clock) = state.source, let directory = try? TemporaryDirectory() else {
                return
            }
            // What goes out meanwhile may be told twice; it isn't counted as told here.
            let told = bot.total()
            guard (try? FileManager.default.copyItem(atPath: path, toPath: directory.file("spool"))) != nil
            else { return }
            state.copies.append(
                Copy(
                    directory: directory, time: clock.now().seconds, told: told, appended: state.appended))
        }
    }
}
