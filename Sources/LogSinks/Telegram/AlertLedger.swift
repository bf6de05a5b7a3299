internal import LogSpool

/// What the alerts' policy has done and the spool doesn't know yet.
struct AlertLedger: Sendable {
    /// How long a change may wait for others, where nobody was told anything: 250 ms.
    static let patience: Int64 = 250
    /// Pause after a commit that failed.
    static let pause: Int64 = 1000

    /// The last record that was taken.
    private(set) var through: Int64 = 0
    /// Records taken since the last commit.
    private(set) var taken = 0
    private(set) var parking: [Parking] = []
    private var rows: [String: AlertRow] = [:]
    private var since: Int64?
    private var failedUntil = Int64.min
    /// Whether the last commit failed.
    private(set) var isFailing = false
    /// Commit without waiting for more.
    var isUrgent = false
    /// Whether a message arrived since the last commit.
    var hasNews = false

    var savedRows: [AlertRow] { Array(rows.values) }

    mutating func take(through sequence: Int64, broken: Bool) {
        through = sequence
        taken += 1
        if broken { parking.append(Parking(sequence: sequence, reason: "not a record", attempts: 0)) }
    }

    mutating func add(_ changes: [AlertRow]) {
        for row in changes { rows[row.chat + "\n" + row.name] = row }
    }

    /// When to commit; nil where there is nothing to.
    mutating func due(at now: Int64, hasChanges: Bool) -> Int64? {
        guard hasChanges || taken > 0 || !rows.isEmpty else { return nil }
        let began = since ?? now
        since = began
        return max(failedUntil, isUrgent ? now : began + AlertLedger.patience)
    }

    mutating func committed() {
        taken = 0
        parking = []
        rows = [:]
        since = nil
        isUrgent = false
        hasNews = false
        isFailing = false
    }

    mutating func failed(at now: Int64) {
        failedUntil = now + AlertLedger.pause
        isFailing = true
    }

    /// The spool was made anew: its numbers may begin again.
    mutating func startOver() {
        through = 0
        taken = 0
        parking = []
    }
}
