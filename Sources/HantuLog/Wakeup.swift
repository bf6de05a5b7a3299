internal import Glibc

/// How calls wake the thread, which waits for them and for the daemon at once.
final class Wakeup: @unchecked Sendable {
    private let read: Int32
    private let write: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (read, write) = (ends[0], ends[1])
    }

    deinit {
        close(read)
        close(write)
    }

    /// Never waits: a full pipe will wake as well.
    func signal() {
        var byte: UInt8 = 1
        _ = Glibc.write(write, &byte, 1)
    }

    /// Waits for a signal only.
    func wait(alone milliseconds: Int32) { wait(with: -1, forOutput: false, milliseconds: milliseconds) }

    /// Waits for a signal, for answers of the daemon, for room to write to it, or for the time; -1 is for ever.
    func wait(with socket: Int32, forOutput: Bool, milliseconds: Int32) {
        var watched = [
            pollfd(fd: read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(forOutput ? POLLIN | POLLOUT : POLLIN), revents: 0),
        ]
        _ = poll(&watched, 2, milliseconds)
        var bytes: (UInt64, UInt64) = (0, 0)
        while Glibc.read(read, &bytes, 16) == 16 {}
    }
}
