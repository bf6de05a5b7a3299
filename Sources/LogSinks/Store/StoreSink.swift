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
    private var settings: StoreConfiguration
    /// Attempts in a row that failed for something that an operator must mend.
    private var misconfigured = 0

    package init(store: any ErrorStore, executor: any SerialExecutor, settings: StoreConfiguration) {
        self.store = store
        self.executor = executor
        self.settings = settings
    }

    /// Applies other settings from the next attempt on.
    package func change(_ settings: StoreConfiguration) { self.settings = settings }

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

    /// Of these fingerprints those that somebody had resolved before.
    package func resolvedBefore(_ fingerprints: Set<String>) throws(StoreError) -> Set<String> {
        Set(try store.firstResolved(of: fingerprints).keys)
    }

    private func write(_ batch: [LogRecord]) throws(StoreError) -> DeliveryOutcome {
        do {
            if !isReady { try store.prepare() }
            isReady = true
            _ = try store.insert(batch)
            misconfigured = 0
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
        case .misconfigured(let reason):
            misconfigured += 1
            return .retry(after: isLongMisconfigured ? slowDelay : nil, reason: reason)
        case .rejected(let rows): return .rejected(rows)
        case .unreachable, .damaged, .absent:
            misconfigured = 0
            return .retry(after: nil, reason: failure.description)
        }
    }

    /// Whether the alert is out, so that the operator is the next to do something.
    private var isLongMisconfigured: Bool { misconfigured >= settings.retryAttempts }

    /// Ten times the usual pause, at most 5 minutes, at least the usual one.
    private var slowDelay: Duration { max(settings.retryDelay, min(settings.retryDelay * 10, .seconds(300))) }
}
