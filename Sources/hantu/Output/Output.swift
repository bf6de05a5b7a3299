import Glibc
import LogModel

/// Standard output in large writes; whoever stops reading ends the command quietly.
final class Output {
    private var buffer = OutputBuffer(capacity: 64 << 10)
    private let write: (UnsafeBufferPointer<UInt8>) -> Void
    /// Whether nothing was ever printed.
    private(set) var isEmpty = true

    init(write: @escaping (UnsafeBufferPointer<UInt8>) -> Void) { self.write = write }

    convenience init() {
        signal(SIGPIPE, SIG_IGN)
        self.init(write: Output.writeToStandardOutput)
    }

    func append(_ line: UnsafeBufferPointer<UInt8>, _ view: any LineView) {
        isEmpty = false
        view.append(line, to: &buffer)
        if buffer.count >= 64 << 10 { flush() }
    }

    func append(_ body: (inout OutputBuffer) -> Void) {
        isEmpty = false
        body(&buffer)
        if buffer.count >= 64 << 10 { flush() }
    }

    func flush() {
        guard !buffer.isEmpty else { return }
        write(buffer.bytes)
        buffer.removeAll()
    }

    /// From now on SIGINT is the ordinary end: status 0, no words.
    static func endQuietlyOnInterrupt() {
        signal(SIGINT) { _ in _exit(0) }
        // Whoever started the command may have left it blocked.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    }

    /// Waits; ends the command where nobody reads standard output any more.
    static func pause(milliseconds: Int32) {
        var reader = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        if poll(&reader, 1, milliseconds) > 0 {
            if reader.revents & Int16(POLLERR | POLLNVAL) != 0 { exit(0) }
            usleep(UInt32(milliseconds) * 1000)
        }
    }

    private static func writeToStandardOutput(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            let written = Glibc.write(STDOUT_FILENO, start, rest.count)
            if written >= 0 {
                rest = UnsafeBufferPointer(rebasing: rest[written...])
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            case EPIPE: exit(0)
            default:
                Report.failure("출력 실패: \(String(cString: strerror(errno)))")
                exit(1)
            }
        }
    }
}
