internal import Glibc
internal import LogModel

/// One service's way to the daemon: calls put records into a buffer, a thread of its own delivers them.
///
/// The lock guards what stands behind it and is never held during a system call, but for waking the waiters; all of
/// `connection` belongs to the thread, and after its end to who calls `finish`.
final class Client: @unchecked Sendable {
    /// Quiet records wait this long for company, in milliseconds.
    static let linger: Int32 = 50
    static let chunk = 64 << 10

    let service: String
    let path: String
    private let lock = Lock()
    // What the lock guards needs no second guard by the runtime.
    @exclusivity(unchecked) private var buffer = RecordBuffer()
    @exclusivity(unchecked) private var isStarted = false
    @exclusivity(unchecked) private var isEnding = false
    @exclusivity(unchecked) private var hasEnded = false
    /// What the thread was asked for: 1, to look within its time; 2, at once.
    @exclusivity(unchecked) private var wanted = 0
    private var wakeup = Wakeup()
    private var connection: DaemonConnection?

    init(service: String, socket: String) {
        self.service = service
        path = socket
    }

    /// Microseconds since 1970.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    func put(_ line: borrowing RecordLine) {
        let isUrgent = line.severity >= .error
        // Its memory is asked for here, where nobody waits.
        let bytes = Array(line.bytes.bytes)
        var mustStart = false
        var mustWake = false
        lock.lock()
        buffer.put(bytes, line.severity)
        if !isEnding {
            if !isStarted {
                (isStarted, mustStart) = (true, true)
            }
            let wish = isUrgent || buffer.byteCount >= Client.chunk ? 2 : 1
            if wish > wanted {
                (wanted, mustWake) = (wish, true)
            }
        }
        let late = hasEnded ? buffer.giveUp() : []
        lock.unlock()
        if mustStart { start() }
        if mustWake { wakeup.signal() }
        if !late.isEmpty { StandardError.write(late, service: service) }
    }

    private func start() {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        // Signals are the service's own threads' business.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = pthread_create(
            &thread, nil,
            { argument in
                let client = Unmanaged<Client>.fromOpaque(argument!).takeRetainedValue()
                client.run()
                return nil
            }, me.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if code == 0 {
            pthread_detach(thread)
        } else {
            me.release()
            lock.lock()
            isStarted = false
            lock.unlock()
        }
    }

    private func run() {
        let connection = DaemonConnection(service: service, path: path) { self.access($0) }
        self.connection = connection
        while true {
            lock.lock()
            let (ending, wish) = (isEnding, wanted)
            lock.unlock()
            if ending { break }
            if wish == 1 { wakeup.wait(alone: Client.linger) }
            lock.lock()
            wanted = 0
            lock.unlock()
            connection.receive()
            let isSent = connection.send()
            if !isSent {
                // Known here: no call needs to say so again.
                lock.lock()
                wanted = 2
                lock.unlock()
            }
            wakeup.wait(
                with: connection.descriptor, forOutput: !isSent,
                milliseconds: connection.pauseLeft(isSent: isSent))
        }
        connection.finish(within: 2000)
        let left = access { buffer in
            buffer.giveUp()
        }
        StandardError.write(left, service: service)
        lock.lock()
        hasEnded = true
        lock.unlock()
    }

    /// The buffer, for as long as `body` takes, which makes no system call.
    private func access<Result>(_ body: (inout RecordBuffer) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body(&buffer)
    }

    /// Delivers within 2 s; what is left goes, masked, to stderr.
    func end() {
        lock.lock()
        let isRunning = isStarted && !isEnding
        isEnding = true
        lock.unlock()
        guard isRunning else { return }
        wakeup.signal()
        // The thread itself keeps to two seconds.
        for _ in 0..<3000 {
            lock.lock()
            let done = hasEnded
            lock.unlock()
            if done { return }
            usleep(1000)
        }
    }

    // ---- the process ----

    /// Written at bootstrap, before there are threads, and by `shared`, under `registry`.
    nonisolated(unsafe) private static var clients: [Client] = []
    private static let registry = Lock()

    /// The client of this service and socket: one however many handlers ask.
    static func shared(service: String, socket: String) -> Client {
        registry.lock()
        defer { registry.unlock() }
        if let known = clients.first(where: { $0.service == service && $0.path == socket }) { return known }
        let client = Client(service: service, socket: socket)
        watch(client)
        return client
    }

    /// Sees to it that the client delivers at exit, and begins anew in a forked child.
    static func watchProcess(for client: Client) {
        registry.lock()
        defer { registry.unlock() }
        watch(client)
    }

    private static func watch(_ client: Client) {
        if clients.isEmpty {
            atexit { Client.clients.forEach { $0.end() } }
            pthread_atfork(
                { Client.clients.forEach { $0.lock.lock() } },
                { Client.clients.forEach { $0.lock.unlock() } },
                {
                    Client.clients.forEach {
                        $0.beginAnew()
                        $0.lock.unlock()
                    }
                })
        }
        clients.append(client)
    }

    /// In a forked child: the parent goes on with connection and buffer.
    private func beginAnew() {
        buffer = RecordBuffer()
        (isStarted, isEnding, hasEnded, wanted) = (false, false, false, 0)
        connection?.abandon()
        connection = nil
        wakeup = Wakeup()
    }
}
