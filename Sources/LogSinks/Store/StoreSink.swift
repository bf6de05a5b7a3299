package import LogModel
package import LogPipeline
package import LogStore

/// The error store as an output (contract section 4).
///
/// The store's calls block; they run on the executor given, which has a thread that may wait.
package actor StoreSink: Sink {
    package nonisolated let name = "store"
    private let store: any ErrorStore
    private let executor: any SerialExecutor
    private var isReady = false

    /// How long to wait before the next attempt where an operator must mend something first.
    package static let misconfiguredDelay = Duration.seconds(300)

    package init(store: any ErrorStore, executor: any SerialExecutor) {
        self.store = store
        self.executor = executor
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Connects where it isn't connected, makes or checks the table, and writes the batch.
    package func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome {
        guard !batch.isEmpty else { return .delivered }
        do {
            return try write(batch)
        } catch .damaged(let reason) {
            // Preparing sets a damaged store aside; once is enough to know whether that helped.
            return (try? write(batch)) ?? .retry(after: nil, reason: reason)
        } catch {
            return outcome(of: error)
        }
    }

    /// Deletes rows older than `store.retention`, a part at a time, so that deliveries come in between.
    ///
    /// Returns how many rows went; fewer than `limit` means that none are left to delete.
    package func delete(before: Timestamp, limit: Int = 1000) throws(StoreError) -> Int {
        try store.delete(before: before, limit: limit)
    }

    private func write(_ batch: [LogRecord]) throws(StoreError) -> DeliveryOutcome {
        do {
            if !isReady { try store.prepare() }
            isReady = true
            _ = try store.insert(batch)
            return .delivered
        } catch .rejected(let rows) {
            return .rejected(rows)
        } catch {
            isReady = false
            throw error
        }
    }

    private func outcome(of failure: StoreError) -> DeliveryOutcome {
        switch failure {
        case .misconfigured(let reason): .retry(after: StoreSink.misconfiguredDelay, reason: reason)
        case .rejected(let rows): .rejected(rows)
        case .unreachable, .damaged, .absent: .retry(after: nil, reason: failure.description)
        }
    }
}
