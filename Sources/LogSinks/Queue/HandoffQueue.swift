import Glibc
import Synchronization

/// Elements on their way to one thread, with their bytes counted until that thread has dealt with them.
///
/// Pushing costs a lock and an append; it wakes the thread only when that sleeps. The queue itself refuses
/// nothing: who pushes looks at `bytes` and stops reading, or drops, by its own rule.
final class HandoffQueue<Element: Sendable>: @unchecked Sendable {
    // Unchecked: everything but `counted` is touched under `lock` alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [Element] = []
    private var lastTicket: UInt64 = 0
    private var sleeps = false
    private var closed = false
    private var roomWaiters: [(below: Int, body: @Sendable () -> Void)] = []
    private let counted = Atomic<Int>(0)

    init() {
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrived, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(lock)
        arrived.deallocate()
        lock.deallocate()
    }

    /// Bytes pushed and not settled yet.
    var bytes: Int { counted.load(ordering: .relaxed) }

    /// Puts an element at the end; returns its ticket, 1 for the first one, or nil once the queue is closed.
    func push(_ element: Element, bytes: Int) -> UInt64? {
        pthread_mutex_lock(lock)
        guard !closed else {
            pthread_mutex_unlock(lock)
            return nil
        }
        waiting.append(element)
        counted.add(bytes, ordering: .relaxed)
        lastTicket += 1
        let ticket = lastTicket
        let wake = sleeps
        sleeps = false
        pthread_mutex_unlock(lock)
        if wake { pthread_cond_signal(arrived) }
        return ticket
    }

    /// Moves all that waits into `elements` (which is emptied first), sleeping for at most `nanoseconds`, or for as
    /// long as it takes where that is nil, while nothing waits. Returns the ticket of the last element ever taken,
    /// or nil once the queue is closed and empty.
    func takeAll(into elements: inout [Element], waitingFor nanoseconds: UInt64?) -> UInt64? {
        elements.removeAll(keepingCapacity: true)
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if waiting.isEmpty, !closed { sleep(nanoseconds) }
        if waiting.isEmpty, closed { return nil }
        swap(&waiting, &elements)
        return lastTicket
    }

    /// Counts these bytes as dealt with, and calls whoever waited for the room that this makes.
    func settle(bytes: Int) {
        guard bytes > 0 else { return }
        let left = counted.subtract(bytes, ordering: .relaxed).newValue
        pthread_mutex_lock(lock)
        let called = roomWaiters.filter { left < $0.below }
        if !called.isEmpty { roomWaiters.removeAll { left < $0.below } }
        pthread_mutex_unlock(lock)
        for waiter in called { waiter.body() }
    }

    /// Calls `body` once when fewer than `below` bytes are queued: at once, on the caller's thread, where that is
    /// so already, else on the thread that settles.
    func onRoom(below: Int, _ body: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(lock)
        let already = closed || bytes < below
        if !already { roomWaiters.append((below, body)) }
        pthread_mutex_unlock(lock)
        if already { body() }
    }

    /// Takes no more elements; the thread still gets what waits.
    func close() {
        pthread_mutex_lock(lock)
        closed = true
        sleeps = false
        let called = roomWaiters
        roomWaiters = []
        pthread_mutex_unlock(lock)
        pthread_cond_signal(arrived)
        for waiter in called { waiter.body() }
    }

    /// With the lock held.
    private func sleep(_ nanoseconds: UInt64?) {
        sleeps = true
        defer { sleeps = false }
        guard let nanoseconds else {
            while waiting.isEmpty, !closed { pthread_cond_wait(arrived, lock) }
            return
        }
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        let total = UInt64(until.tv_nsec) + nanoseconds
        until.tv_sec += Int(total / 1_000_000_000)
        until.tv_nsec = Int(total % 1_000_000_000)
        while waiting.isEmpty, !closed {
            if pthread_cond_timedwait(arrived, lock, &until) == ETIMEDOUT { return }
        }
    }
}
