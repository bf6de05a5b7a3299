import LogModel
import LogSinks
import LogSpool

/// What a chat was told by a gate that sends to it, under a time that the test moves.
struct ChatModel {
    struct Told {
        var time: Int64
        var text: String
        /// Records that the text tells of, as a reader counts them.
        var count: Int
    }

    var gate: AlertGate
    var now: Int64 = 1_770_000_000_000
    /// As the daemon's rows lie in the spool.
    var rows: [String: AlertRow] = [:]
    private(set) var told: [Told] = []
    /// What Telegram says to the next attempts; nil is yes.
    var answer: TelegramAnswer?
    private(set) var attempts: [Int64] = []
    let chat: String
    let cooldown: Int64

    init(chat: String = "1", cooldown: Int64 = 300_000) {
        self.chat = chat
        self.cooldown = cooldown
        gate = AlertGate(chat: chat, cooldown: cooldown, format: AlertFormat(zone: .utc))
    }

    mutating func take(_ record: LogRecord) {
        gate.take(Alert(record), at: now)
        act()
    }

    /// Sends what can go now.
    mutating func act() {
        while case .send(let message) = gate.next(at: now) {
            attempts.append(now)
            if let answer {
                gate.answered(answer, at: now, jitter: 0)
            } else {
                told.append(Told(time: now, text: message.text, count: ChatModel.count(in: message.text)))
                gate.answered(.accepted(messageID: "1"), at: now, jitter: 0)
            }
        }
        for row in gate.takeChanges() { rows[row.name] = row.state == nil ? nil : row }
    }

    /// Lets time pass, and does what is due on the way, at its time.
    mutating func pass(milliseconds: Int64) {
        let end = now + milliseconds
        act()
        while case .wait(let until) = gate.next(at: now), until <= end {
            now = max(now, until)
            act()
        }
        now = end
        act()
    }

    mutating func pass(seconds: Int64) { pass(milliseconds: seconds * 1000) }

    /// As after kill -9: only the rows are left.
    mutating func restart() {
        gate = AlertGate(
            chat: chat, rows: Array(rows.values), cooldown: cooldown, format: AlertFormat(zone: .utc),
            at: now)
    }

    /// Lets everything be told.
    mutating func drain() {
        answer = nil
        pass(seconds: 3600)
    }

    var total: Int { told.reduce(0) { $0 + $1.count } }
    var texts: [String] { told.map(\.text) }
    var firstLines: [String] { texts.map { String($0.prefix { $0 != "\n" }) } }

    /// One, or what stands before `건` in a summary; a summary holds one such number.
    static func count(in text: String) -> Int {
        let first = text.prefix { $0 != "\n" }
        guard first.contains("묶음") || first.hasPrefix("🔁") else { return 1 }
        let numbers = text.matches(of: /(\d+)건/).map { Int($0.1)! }
        return numbers.count == 1 ? numbers[0] : -1_000_000
    }
}

extension LogRecord {
    /// An error of this kind, as it comes from the spool.
    static func failure(
        _ kind: String = "a", level: Severity = .error, message: String? = nil, service: String = "scheduler",
        notify: Notice? = nil, at time: Int64 = 1_770_000_000
    ) -> LogRecord {
        var record = LogRecord(
            timestamp: Timestamp(seconds: time), level: level, service: service, logger: "core.trading",
            module: "engine", function: "run", message: message ?? "failed: \(kind)",
            traceID: "abc12345", errorType: "E\(kind)", notify: notify)
        record.fingerprint = record.computedFingerprint
        return record
    }
}
