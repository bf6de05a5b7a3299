import CLibSystemd
import Glibc

/// systemd, where it started the daemon: what it passed, and what it is told (`sd_notify`).
enum ServiceManager {
    static func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    static func stopping() { send("STOPPING=1\nSTATUS=STOPPING") }
    static func status(_ text: String) { send("STATUS=\(text)") }

    /// Announces a reload; `ready` says that it is over.
    static func reloading(monotonicMicroseconds: UInt64) {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)")
    }

    /// The listening Unix stream socket that systemd passed, if it passed one.
    static var passedSocket: CInt? {
        let count = sd_listen_fds(0)
        guard count > 0 else { return nil }
        return (0..<count).lazy.map { CInt(SD_LISTEN_FDS_START) + $0 }
            .first { sd_is_socket($0, AF_UNIX, CInt(SOCK_STREAM.rawValue), 1) > 0 }
    }

    private static func send(_ state: String) { _ = sd_notify(0, state) }
}
