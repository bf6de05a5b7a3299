package import LogModel
package import LogSpool
internal import Synchronization

/// Takes the alerts from the spool, asks each chat's policy (`AlertGate`) what to tell, and sends it.
///
/// The policy's state is committed with the cursor, so that a record is either in the spool still or in the state.
/// A message about one record goes out while that commit is made, anything else behind it; that it arrived is
/// committed next. After kill -9 a message may come again; none is lost. While the spool fails all goes on in
/// memory. An actor on a thread of its own, since the spool blocks; requests block on their chat's thread.
package actor AlertDelivery {
    package typealias Connect = @Sendable () -> any BotConnection

    nonisolated let executor = ThreadExecutor(name: "alerts")
    nonisolated let isAwake = Mutex(false)
    nonisolated let inbox = Mutex<[(alert: Alert, isNotice: Bool)]>([])
    let spool: Spool
    let axis: AlertAxis
    let faults: FaultPoints
    let tell: @Sendable (AlertEvent) -> Void
    private let clock: any Clock
    private let jitter: @Sendable () -> Double
    private let connect: Connect
    let recurrence: RecurrenceWatch?

    var settings: AlertSettings
    var lanes: [String: AlertLane] = [:]
    private var lanesMade = 0
    var isLoaded = false
    var ledger = AlertLedger()
    var decoder = WireDecoder()
    var losses: SpoolLosses
    var lastRead = Int64.min / 2
    private var problems: String?
    private var timer: (due: Int64, task: Task<Void, Never>)?
    private var stopWaiter: CheckedContinuation<Void, Never>?
    var isStopping = false
    private(set) var isStopped = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `tell` is called on the delivery's thread, and must not block. Without `recurrence` no alert says that its
    /// error had been resolved.
    package init(
        from spool: Spool, settings: AlertSettings, clock: any Clock, faults: FaultPoints = .none,
        recurrence: RecurrenceWatch? = nil,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }, connect: @escaping Connect,
        tell: @escaping @Sendable (AlertEvent) -> Void
    ) {
        self.spool = spool
        self.settings = settings
        self.clock = clock
        self.faults = faults
        self.jitter = jitter
        self.connect = connect
        self.recurrence = recurrence
        self.tell = tell
        axis = AlertAxis(clock)
        losses = spool.losses
    }

    /// Looks whether there is something to do: to be called once at the start and after each commit. Never blocks.
    package nonisolated func wake() {
        let isFirst = isAwake.withLock { awake in
            defer { awake = true }
            return !awake
        }
        if isFirst { Task { await self.turn() } }
    }

    /// Tells operators about the daemon itself; it doesn't go through the spool. Never blocks.
    package nonisolated func raise(_ event: SystemAlert) {
        let alert = Alert(event, at: clock.now())
        inbox.withLock { $0.append((alert, event.isNotice)) }
        wake()
    }

    /// Applies another configuration: chats come and go, a new token and chats that refused are tried at once.
    /// Where nobody is told any more, what is known stays in the spool until somebody is.
    package func change(_ new: AlertSettings) {
        let old = settings
        settings = new
        guard isLoaded, !isStopped else { return turn() }
        let now = axis.now
        ledger.isUrgent = true
        guard !new.chats.isEmpty else {
            commit(now)
            for lane in lanes.values { lane.connection.close() }
            lanes = [:]
            isLoaded = false
            return noteProblems()
        }
        let isOther =
            old.configuration.token != new.configuration.token
            || old.configuration.apiURL != new.configuration.apiURL
        for chat in Array(lanes.keys) {
            guard new.chats.contains(chat) else {
                forget(&lanes[chat]!.gate)
                lanes.removeValue(forKey: chat)?.connection.close()
                continue
            }
            lanes[chat]!.gate.change(cooldown: new.cooldown, format: new.format, at: now)
            guard isOther || lanes[chat]!.toldRefusal != nil else { continue }
            lanes[chat]!.connection.close()
            lanes[chat]!.connection = connect()
            lanes[chat]!.gate.tryAgain(at: now)
        }
        for chat in new.chats where lanes[chat] == nil { open(chat, [], at: now) }
        noteProblems()
        turn()
    }

    /// Sends what can go now, within this time, and ends; what is left is in the spool.
    package func stop(within time: Duration) async {
        turn()
        isStopping = true
        if lanes.values.contains(where: \.gate.isAsking) {
            let alarm = Task {
                guard (try? await Task.sleep(for: time)) != nil else { return }
                self.endWaiting()
            }
            await withCheckedContinuation { stopWaiter = $0 }
            alarm.cancel()
        }
        ledger.isUrgent = true
        commit(axis.now)
        isStopped = true
        timer?.task.cancel()
        for lane in lanes.values { lane.connection.close() }
        executor.stop()
    }

    /// How it stands.
    package func status() -> AlertStatus {
        let chats = lanes.sorted { $0.key < $1.key }.map { chat, lane in
            AlertStatus.Chat(
                chat: chat, counts: lane.gate.counts, outstanding: lane.gate.outstanding,
                problem: lane.problem)
        }
        return AlertStatus(chats: chats, waiting: max(0, spool.waiting(for: .alerts) - ledger.taken))
    }

    /// Sends one message to every chat now, past the policy, and says what Telegram answered; empty where no chat
    /// is configured.
    package func sendTest() async -> [AlertTestResult] {
        load()
        let record = LogRecord(
            timestamp: clock.now(), service: "hantu-logd", logger: "hantu-logd",
            message: "Telegram 알림 시험입니다. 이 메시지가 보이면 알림이 정상적으로 전달됩니다.",
            succeeded: true, notify: .success)
        let text = settings.format.text(of: record, as: .success)
        let attempts = settings.chats.compactMap { chat in
            lanes[chat].map { lane in
                let request = request(text, to: lane.gate.address)
                return (chat, Task.detached { await lane.connection.post(request) })
            }
        }
        var results: [AlertTestResult] = []
        for (chat, attempt) in attempts {
            let answer = TelegramAnswer(await attempt.value, secret: settings.configuration.token)
            lanes[chat]?.gate.sentBeside(at: axis.now)
            if answer.isAccepted { lanes[chat]?.gate.tryAgain(at: axis.now) }
            results.append(
                AlertTestResult(chat: chat, succeeded: answer.isAccepted, text: answer.koreanText))
        }
        wake()
        return results
    }

    // MARK: Chats

    func open(_ chat: String, _ rows: [AlertRow], at now: Int64) {
        lanesMade += 1
        let gate = AlertGate(
            chat: chat, rows: rows, cooldown: settings.cooldown, format: settings.format, at: now)
        lanes[chat] = AlertLane(
            gate: gate, connection: connect(), number: lanesMade)
    }

    /// Deletes what is known of a chat that isn't told any more.
    func forget(_ gate: inout AlertGate) {
        ledger.add(gate.forget())
        tell(.forgotten(chat: gate.chat, records: gate.outstanding))
    }

    // MARK: Requests

    /// Sends a message of one chat, at once: from the chat's thread, whatever this one does meanwhile.
    func start(_ chat: String, _ message: AlertMessage) {
        guard let lane = lanes[chat] else { return }
        faults.reach(.alertsSending)
        let request = request(message.text, to: lane.gate.address)
        Task.detached {
            let reply = await lane.connection.post(request)
            await self.answered(chat, lane.number, reply)
        }
    }

    private func request(_ text: String, to address: String) -> HTTPRequest {
        BotAPI.sendMessage(
            api: settings.configuration.apiURL, token: settings.configuration.token, chat: address,
            text: text)
    }

    private func answered(
        _ chat: String, _ number: Int, _ reply: Result<HTTPResponse, BotUnreachable>
    ) {
        guard !isStopped, var lane = lanes[chat], lane.number == number else { return }
        lanes[chat] = nil
        let answer = TelegramAnswer(reply, secret: settings.configuration.token)
        lane.gate.answered(answer, at: axis.now, jitter: jitter())
        lane.note(answer)
        switch answer {
        case .refused(_, let reason):
            if lane.toldRefusal != reason { tell(.refused(chat: chat, reason: reason)) }
            lane.toldRefusal = reason
        case .moved(let id): tell(.moved(chat: chat, to: id))
        case .accepted: lane.toldRefusal = nil
        case .tooMany, .unavailable: break
        }
        lanes[chat] = lane
        noteProblems()
        ledger.isUrgent = true
        ledger.hasNews = true
        guard isStopping else { return turn() }
        if !lanes.values.contains(where: \.gate.isAsking) { endWaiting() }
    }

    private func endWaiting() {
        stopWaiter?.resume()
        stopWaiter = nil
    }

    /// Tells when what is wrong has changed.
    private func noteProblems() {
        let found = lanes.sorted { $0.key < $1.key }.compactMap { chat, lane in
            lane.problem.map { "chat \(chat): \($0)" }
        }
        let text = found.isEmpty ? nil : found.joined(separator: "; ")
        guard text != problems else { return }
        problems = text
        tell(text.map { .failing(reason: $0) } ?? .recovered)
    }

    /// Sees to a turn at this time; an earlier one that is planned stays.
    func schedule(_ due: Int64, _ now: Int64) {
        if let timer, timer.due <= due, timer.due > now { return }
        timer?.task.cancel()
        let task = Task {
            let pause = UInt64(max(0, min(due - now, 3_600_000))) * 1_000_000
            guard (try? await Task.sleep(nanoseconds: pause)) != nil else { return }
            self.timer = nil
            self.turn()
        }
        timer = (due, task)
    }
}
