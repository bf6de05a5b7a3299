import Glibc
import Synchronization

/// A thread of the system's for calls that block, away from the event loop and from Swift's own pool.
final class PlainThread: Sendable {
    private let state = Mutex(State())

    private struct State {
        var ended = false
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextWaiter = 0
    }

    /// Starts at once. `name` (at most 15 bytes) is what `top -H` shows; a background thread gives way to all others.
    init(name: String, background: Bool = false, _ body: @escaping @Sendable () -> Void) {
        let start = Start(body: body, name: name, background: background) { [self] in ended() }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 * 1024)
        // Signals are the main thread's business; a thread inherits its mask.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes, { PlainThread.run($0) }, Unmanaged.passRetained(start).toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        pthread_attr_destroy(&attributes)
        precondition(result == 0, "no thread to be had: \(String(cString: strerror(result)))")
    }

    /// Waits for the body to return; false where it had not after `limit`, and the thread is left behind.
    func end(within limit: Duration) async -> Bool {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = Task { [self] in
            try await Task.sleep(for: limit)
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: false)
        }
        defer { alarm.cancel() }
        return await withCheckedContinuation { continuation in
            let over = state.withLock { state in
                if !state.ended { state.waiters[ticket] = continuation }
                return state.ended
            }
            if over { continuation.resume(returning: true) }
        }
    }

    private func ended() {
        let waiters = state.withLock { state in
            state.ended = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: true) }
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        let name: String
        let background: Bool
        let ended: @Sendable () -> Void

        init(
            body: @escaping @Sendable () -> Void, name: String, background: Bool,
            ended: @escaping @Sendable () -> Void
        ) {
            self.body = body
            self.name = name
            self.background = background
            self.ended = ended
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        name(start.name)
        // For Linux the caller is this one thread, not the process.
        if start.background { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19) }
        start.body()
        start.ended()
        return nil
    }

    private static func name(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, name, name.utf8.count)
        close(descriptor)
    }
}
