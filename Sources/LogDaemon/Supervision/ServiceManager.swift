import CLibSystemd
import Glibc

/// systemd, where it started the daemon: what it passed, and what it is told (`sd_notify`).
enum ServiceManager {
    /// A descriptor that systemd passed, and the name it goes by.
    struct PassedDescriptor {
        var name: String
        var number: CInt
    }

    /// What systemd passed: listening sockets, and what an earlier daemon gave into its store.
    static let passedDescriptors: [PassedDescriptor] = {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &names)
        guard count > 0 else { return [] }
        defer { free(names) }
        return (0..<Int(count)).map { index in
            let name = names?[index]
            defer { free(name) }
            return PassedDescriptor(
                name: name.map { String(cString: $0) } ?? "", number: CInt(SD_LISTEN_FDS_START) + CInt(index))
        }
    }()

    /// The Unix stream socket to listen on, if one was passed: the one named `log`, else the first.
    static var passedSocket: CInt? {
        let sockets = passedDescriptors.filter {
            sd_is_socket($0.number, AF_UNIX, CInt(SOCK_STREAM.rawValue), 1) > 0
        }
        return (sockets.first { $0.name == "log" } ?? sockets.first)?.number
    }

    // MARK: State

    static func starting(_ text: String) { send("STATUS=STARTING: \(text)") }
    static func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    static func stopping() { send("STOPPING=1\nSTATUS=STOPPING: writing what is queued") }
    static func status(_ text: String) { send("STATUS=\(text)") }

    /// Announces a reload; `ready` says that it is over.
    static func reloading(monotonicMicroseconds: UInt64) {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)\nSTATUS=RELOADING")
    }

    // MARK: Watchdog

    /// Microseconds within which systemd wants a sign of life (`WatchdogSec=`); nil where it wants none.
    static var watchdogMicroseconds: UInt64? {
        var microseconds: UInt64 = 0
        return sd_watchdog_enabled(0, &microseconds) > 0 ? microseconds : nil
    }

    static func alive() { send("WATCHDOG=1") }

    // MARK: Descriptor store

    /// Gives a descriptor into systemd's store; the caller's own stays open. systemd doesn't watch it, so that what
    /// a client wrote last isn't lost when that client hangs up while no daemon runs.
    static func store(_ descriptor: CInt, name: String) {
        var descriptor = descriptor
        _ = sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDPOLL=0\nFDNAME=\(name)", &descriptor, 1)
    }

    static func removeStored(name: String) { send("FDSTOREREMOVE=1\nFDNAME=\(name)") }

    /// Waits until systemd has taken everything that was sent so far. Blocks, 5 s at most.
    static func awaitTaken() { _ = sd_notify_barrier(0, 5_000_000) }

    private static func send(_ state: String) { _ = sd_notify(0, state) }
}
