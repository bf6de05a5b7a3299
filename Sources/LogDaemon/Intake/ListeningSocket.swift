import Glibc
import LogConfiguration

/// Why the intake has no socket to listen on.
package enum ListeningSocketError: Error, Equatable, CustomStringConvertible {
    /// Another daemon answers on this path.
    case inUse(path: String)
    /// Something that is no socket stands there.
    case notASocket(path: String)
    case pathTooLong(path: String, limit: Int)
    case unknownGroup(String)
    case failed(call: String, path: String, code: CInt)

    package var description: String {
        switch self {
        case .inUse(let path): "\(path): another hantu-logd is listening there"
        case .notASocket(let path): "\(path): exists and is no socket; move it away or set intake.socket"
        case .pathTooLong(let path, let limit): "\(path): a socket's path has at most \(limit) bytes"
        case .unknownGroup(let name): "intake.socket_group: there is no group '\(name)'"
        case .failed(let call, let path, let code): "\(path): \(call): \(String(cString: strerror(code)))"
        }
    }
}

/// A socket to listen on: systemd's, or one that the daemon made itself (contract sections 3 and 13).
struct ListeningSocket {
    /// Clients that may wait to be let in, as far as the kernel allows (net.core.somaxconn): after a restart all
    /// services come at once, and one that doesn't wait for its connect is sent away when the queue is full.
    static let backlog: CInt = 4096

    let descriptor: CInt
    /// The path to remove at the end; nil for systemd's socket.
    let ownPath: String?
    /// What the operator should know, for example a default group that doesn't exist.
    var warning: String?

    /// systemd's socket, if it passed one.
    static func fromSystemd() -> ListeningSocket? {
        ServiceManager.passedSocket.map { ListeningSocket(descriptor: $0, ownPath: nil) }
    }

    /// Binds the configured path: a dead socket is replaced, a living one refused by name.
    static func bind(_ configuration: IntakeConfiguration) throws(ListeningSocketError) -> ListeningSocket {
        let path = configuration.socket
        let group = try groupID(configuration)
        // Held for as long as the process lives, so that of two daemons that start at once one is refused.
        try lock(path)
        try removeDead(path)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed(call: "socket", path: path, code: errno) }
        // Nobody may connect before owner and mode are right.
        let mask = umask(0o777)
        let bound = try withAddress(path) { Glibc.bind(descriptor, $0, $1) }
        let code = errno
        umask(mask)
        guard bound == 0 else {
            close(descriptor)
            throw code == EADDRINUSE ? .inUse(path: path) : .failed(call: "bind", path: path, code: code)
        }
        var warning = group.warning
        // What is so already needs no call, which a sandbox may refuse.
        if let id = group.id, id != getegid(), chown(path, uid_t.max, id) != 0 {
            let reason = String(cString: strerror(errno))
            if configuration.socketGroup != nil {
                let code = errno
                close(descriptor)
                unlink(path)
                throw .failed(call: "chown", path: path, code: code)
            }
            warning = "\(path): its group stays as it is: \(reason)"
        }
        guard chmod(path, mode_t(configuration.socketMode)) == 0,
            listen(descriptor, ListeningSocket.backlog) == 0
        else {
            let code = errno
            close(descriptor)
            unlink(path)
            throw .failed(call: "listen", path: path, code: code)
        }
        return ListeningSocket(descriptor: descriptor, ownPath: path, warning: warning)
    }

    private static func lock(_ path: String) throws(ListeningSocketError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .failed(call: "open", path: path + ".lock", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .inUse(path: path)
        }
    }

    /// Takes a socket without a listener away; one that answers, or anything else, stays.
    private static func removeDead(_ path: String) throws(ListeningSocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .failed(call: "stat", path: path, code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .failed(call: "socket", path: path, code: errno) }
        defer { close(probe) }
        let connected = try withAddress(path) { connect(probe, $0, $1) }
        // A full backlog (EAGAIN) is a living listener too.
        if connected == 0 || errno == EAGAIN || errno == EINPROGRESS { throw .inUse(path: path) }
        guard errno == ECONNREFUSED else { throw .failed(call: "connect", path: path, code: errno) }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .failed(call: "unlink", path: path, code: errno)
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(ListeningSocketError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= limit else { throw .pathTooLong(path: path, limit: limit) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// The group of the socket: one that was asked for must exist, the default one may be missing.
    private static func groupID(
        _ configuration: IntakeConfiguration
    ) throws(ListeningSocketError) -> (id: gid_t?, warning: String?) {
        let name = configuration.socketGroup ?? "hantu-log"
        if let number = gid_t(name) { return (number, nil) }
        var record = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16384)
        getgrnam_r(name, &record, &buffer, buffer.count, &found)
        if found != nil { return (record.gr_gid, nil) }
        guard configuration.socketGroup == nil else { throw .unknownGroup(name) }
        return (nil, "there is no group '\(name)': the socket keeps the daemon's own group")
    }
}
