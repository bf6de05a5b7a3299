import Synchronization

/// What is counted outside the record's way (contract section 11).
final class DaemonCounters: Sendable {
    /// An output and why something didn't get there.
    struct Drop: Hashable, Sendable {
        var output: String
        var reason: String
    }

    private let drops = Mutex<[Drop: Int]>([:])
    private let alertResults = Mutex<[String: Int]>([:])
    private let refused = Atomic<Int>(0)

    func drop(_ output: String, _ reason: String, _ records: Int) {
        guard records > 0 else { return }
        drops.withLock { $0[Drop(output: output, reason: reason), default: 0] += records }
    }

    /// What became of messages to Telegram, such as `sent` and `failed`.
    func alert(_ result: String, _ messages: Int = 1) {
        alertResults.withLock { $0[result, default: 0] += messages }
    }

    func refuseConnection() { refused.add(1, ordering: .relaxed) }

    var alerts: [String: Int] { alertResults.withLock { $0 } }
    var dropped: [Drop: Int] { drops.withLock { $0 } }
    var refusedConnections: Int { refused.load(ordering: .relaxed) }
}
