internal import Glibc

/// A plain thread that runs one function, for calls that block.
package final class WorkerThread: @unchecked Sendable {
    // Unchecked: the identifier is written once, before the value is shared.
    private var thread = pthread_t()

    /// Starts the thread; `name` shows in `top -H`, cut to 15 bytes.
    package init(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                WorkerThread.nameThisThread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        precondition(result == 0, "no thread can be started")
    }

    /// Blocks until the thread has ended; to be called once, where `detach` isn't.
    package func join() { pthread_join(thread, nil) }

    /// Lets the thread clean up after itself; to be called once, where `join` isn't.
    package func detach() { pthread_detach(thread) }

    /// Through /proc: the C library's function for it is not among what Swift imports.
    private static func nameThisThread(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
