package import LogModel
package import LogPipeline

/// A sink that does what its script says, and then delivers; it keeps each record once, by `id`.
package actor ScriptedSink: Sink {
    /// What it does with one batch.
    package enum Step: Sendable {
        case deliver
        case retry(after: Duration? = nil, reason: String)
        /// Refuses those records and keeps the others.
        case reject([Int: String])
        /// Keeps the records and claims that it didn't, as after a connection that broke at the wrong time.
        case deliverAndRetry(reason: String)
        /// Gives no answer until `release`.
        case hang
    }

    package nonisolated let name: String
    private var script: [Step]
    private var held: [CheckedContinuation<Void, Never>] = []
    private var afterKeeping: @Sendable () -> Void = {}
    private let refuse: @Sendable (LogRecord) -> String?
    /// Records in the order in which they came first.
    package private(set) var records: [LogRecord] = []
    /// The sizes of the batches that were tried.
    package private(set) var attempts: [Int] = []

    /// `refuse` gives the reason for which a record is refused whenever it comes, besides the script.
    package init(
        name: String = "scripted", _ script: [Step] = [],
        refuse: @escaping @Sendable (LogRecord) -> String? = { _ in nil }
    ) {
        self.name = name
        self.script = script
        self.refuse = refuse
    }

    package var messages: [String] { records.map(\.message) }

    /// Whether a batch gives no answer.
    package var isHanging: Bool { !held.isEmpty }

    package func add(_ steps: Step...) { script += steps }

    /// Forgets the steps that are left.
    package func clearScript() { script = [] }

    /// Calls `body` whenever records were kept, before the outcome is told.
    package func onDelivered(_ body: @escaping @Sendable () -> Void) { afterKeeping = body }

    /// Lets a batch that hangs go on, as delivered.
    package func release() {
        for continuation in held { continuation.resume() }
        held = []
    }

    package func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome {
        attempts.append(batch.count)
        var refused: [Int: String] = [:]
        switch script.isEmpty ? .deliver : script.removeFirst() {
        case .deliver: break
        case .retry(let after, let reason): return .retry(after: after, reason: reason)
        case .reject(let reasons): refused = reasons
        case .deliverAndRetry(let reason):
            _ = keep(batch, refused)
            return .retry(after: nil, reason: reason)
        case .hang: await withCheckedContinuation { held.append($0) }
        }
        return keep(batch, refused)
    }

    private func keep(_ batch: [LogRecord], _ refused: [Int: String]) -> DeliveryOutcome {
        var refused = refused
        for (index, record) in batch.enumerated() where refused[index] == nil {
            if let reason = refuse(record) {
                refused[index] = reason
            } else if record.id == nil || !records.contains(where: { $0.id == record.id }) {
                records.append(record)
            }
        }
        afterKeeping()
        return refused.isEmpty ? .delivered : .rejected(refused)
    }
}
