import Glibc
import LogPipeline

/// Asks the kernel who is at the other end of a Unix socket.
enum PeerLookup {
    /// The peer's credentials, with its name from `/proc`, where it is still there; nil where the kernel says none.
    ///
    /// A peer in a process namespace that this one doesn't see has the process number 0, and its user all the same.
    static func credentials(of descriptor: CInt) -> PeerCredentials? {
        // struct ucred: pid, uid, gid.
        var raw: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: raw))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &raw, &size) == 0 else { return nil }
        let name = raw.pid > 0 ? command(of: raw.pid) : nil
        return PeerCredentials(pid: raw.pid, uid: raw.uid, gid: raw.gid, command: name ?? "unknown")
    }

    private static func command(of pid: pid_t) -> String? {
        let descriptor = open("/proc/\(pid)/comm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let name = String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }
}
