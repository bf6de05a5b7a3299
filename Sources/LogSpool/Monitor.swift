internal import Glibc

/// State behind a lock, on whose change a thread can wait.
package final class Monitor<State>: @unchecked Sendable {
    // Unchecked: the state is touched only with the lock held.
    private var state: State
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// What a waiting thread does after a look at the state.
    package enum Turn<Result> {
        case done(Result)
        /// Looks again after a change, or after this many nanoseconds where they are given.
        case wait(nanoseconds: UInt64?)
    }

    package init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Looks at the state, without telling anybody.
    package func read<Result>(_ body: (State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(state)
    }

    /// Changes the state, and wakes who waits for that.
    package func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer {
            // Behind the lock: who is woken wants it first of all, and would sleep again.
            pthread_mutex_unlock(lock)
            pthread_cond_broadcast(changed)
        }
        return try body(&state)
    }

    /// Blocks the thread until `body` is done.
    package func await<Result>(_ body: (inout State) -> Turn<Result>) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            switch body(&state) {
            case .done(let result): return result
            case .wait(nil): pthread_cond_wait(changed, lock)
            case .wait(let nanoseconds?):
                var deadline = timespec()
                clock_gettime(CLOCK_MONOTONIC, &deadline)
                let total = UInt64(deadline.tv_nsec) + min(nanoseconds, 1 << 60)
                deadline.tv_sec += Int(total / 1_000_000_000)
                deadline.tv_nsec = Int(total % 1_000_000_000)
                pthread_cond_timedwait(changed, lock, &deadline)
            }
        }
    }
}
