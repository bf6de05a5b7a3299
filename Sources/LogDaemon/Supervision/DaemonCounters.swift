import Synchronization

/// What is counted outside the record's way (contract section 11).
final class DaemonCounters: Sendable {
    /// An output and why something didn't get there.
    struct Drop: Hashable, Sendable {
        var output: String
        var reason: String
    }

    private let drops = Mutex<[Drop: Int]>([:])
    private let refused = Atomic<Int>(0)

    func drop(_ output: String, _ reason: String, _ records: Int) {
        guard records > 0 else { return }
        drops.withLock { $0[Drop(output: output, reason: reason), default: 0] += records }
    }

    func refuseConnection() { refused.add(1, ordering: .relaxed) }

    var dropped: [Drop: Int] { drops.withLock { $0 } }
    var refusedConnections: Int { refused.load(ordering: .relaxed) }
}
