internal import CLibSystemd
import Glibc

/// The way to journald.
package protocol JournalTransport: Sendable {
    /// Whether journald's socket is there; without it sending reports success and does nothing.
    var isThere: Bool { get }
    /// Hands one entry over; blocks for as long as journald's queue is full.
    func send(_ entry: JournalEntry) throws(SystemCallError)
}

/// The host's journald.
package struct SystemJournal: JournalTransport {
    private let socket: String

    /// `socket` is looked for only; libsystemd knows its own way.
    package init(socket: String = "/run/systemd/journal/socket") { self.socket = socket }

    package var isThere: Bool {
        var status = stat()
        return stat(socket, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    package func send(_ entry: JournalEntry) throws(SystemCallError) {
        // One run of bytes, and where each field lies in it.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in entry.fields {
            bytes += field.name.rawValue.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += field.value.utf8
            ends.append(bytes.count)
        }
        let result = bytes.withUnsafeMutableBytes { bytes in
            var start = 0
            var vectors: [iovec] = []
            for end in ends {
                vectors.append(iovec(iov_base: bytes.baseAddress! + start, iov_len: end - start))
                start = end
            }
            return sd_journal_sendv(vectors, CInt(vectors.count))
        }
        guard result >= 0 else { throw SystemCallError(code: -result) }
    }
}
