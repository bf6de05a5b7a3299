package import LogModel
import LogStore
import Synchronization

/// Deletes rows past `store.retention` at start and hourly, in small parts, so that deliveries come in between
/// (contract section 8). Without an age it does nothing.
package final class StoreRetention: Sendable {
    package enum Outcome: Sendable, Equatable {
        case deleted(rows: Int)
        case failed(reason: String)
    }

    private let sink: StoreSink
    private let clock: any Clock
    private let tell: @Sendable (Outcome) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)

    package init(
        _ sink: StoreSink, age: Duration?, clock: any Clock, tell: @escaping @Sendable (Outcome) -> Void
    ) {
        self.sink = sink
        self.clock = clock
        self.tell = tell
        change(age: age)
    }

    /// Applies another age, at once.
    package func change(age: Duration?) {
        let next = age.map { age in
            Task { [self] in
                while !Task.isCancelled {
                    await sweep(olderThan: age)
                    try? await Task.sleep(for: .seconds(3600))
                }
            }
        }
        task.withLock { task in
            task?.cancel()
            task = next
        }
    }

    package func stop() { change(age: nil) }

    /// Deletes what is past this age now.
    package func sweep(olderThan age: Duration) async {
        let limit = 1000
        let before = Timestamp(seconds: clock.now().seconds - age.components.seconds)
        var rows = 0
        do throws(StoreError) {
            while !Task.isCancelled {
                let deleted = try await sink.delete(before: before, limit: limit)
                rows += deleted
                if deleted < limit { break }
            }
        } catch {
            tell(.failed(reason: "\(error)"))
        }
        if rows > 0 { tell(.deleted(rows: rows)) }
    }
}
