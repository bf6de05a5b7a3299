import Synchronization

/// Waits for `body` no longer than this; nil where it takes longer, and goes on unwatched.
func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Value
) async -> Value? {
    await withCheckedContinuation { continuation in
        let first = FirstAnswer(continuation)
        let work = Task { first.give(await body()) }
        Task {
            try? await Task.sleep(for: limit)
            if first.give(nil) { work.cancel() }
        }
    }
}

/// Answers once, with what comes first.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { waiting = Mutex(continuation) }

    /// False where somebody answered before.
    @discardableResult
    func give(_ value: Value?) -> Bool {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: value)
        return continuation != nil
    }
}
