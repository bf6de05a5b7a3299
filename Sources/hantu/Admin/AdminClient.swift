import Glibc
import LogModel

/// Why the daemon's admin interface didn't answer.
enum AdminFailure: Error, Equatable {
    /// Nobody listens at this path.
    case notRunning(path: String)
    /// The socket is there, and this user may not use it; who may.
    case notAllowed(path: String, group: String?)
    case failed(path: String, call: String, code: Int32)
    /// What came back is no answer.
    case malformed(path: String)
}

/// An answer: its status, and its body.
struct AdminAnswer: Equatable {
    var status: Int
    var body: [UInt8]
}

/// Asks the daemon over its admin socket (contract section 11): one connection a call, which blocks.
struct AdminClient {
    let path: String
    /// Seconds that the daemon may take for its next bytes; 0 for ever.
    var patience = 60

    /// One call and its whole answer.
    func call(_ method: String, _ target: String) throws(AdminFailure) -> AdminAnswer {
        var body: [UInt8] = []
        let status = try exchange(method, target) { body += $0 }
        return AdminAnswer(status: status, body: body)
    }

    /// One call; `take` gets the body as it comes, until the daemon ends it. Returns the status.
    func exchange(
        _ method: String, _ target: String, _ take: (ArraySlice<UInt8>) -> Void
    ) throws(AdminFailure) -> Int {
        let descriptor = try connect()
        defer { close(descriptor) }
        // Of version 1.0: the body ends with the connection, in one piece.
        try send("\(method) \(target) HTTP/1.0\r\nHost: localhost\r\n\r\n", to: descriptor)
        var head: [UInt8] = []
        var status: Int?
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed(path: path, call: "read", code: errno) }
            if count == 0 { break }
            if status != nil {
                take(block[..<count])
                continue
            }
            head += block[..<count]
            guard let end = AdminClient.endOfHead(head) else {
                guard head.count < 64 << 10 else { throw .malformed(path: path) }
                continue
            }
            status = AdminClient.status(head)
            guard status != nil else { throw .malformed(path: path) }
            if end < head.count { take(head[end...]) }
        }
        guard let status else { throw .malformed(path: path) }
        return status
    }

    private func connect() throws(AdminFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .failed(path: path, call: "connect", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed(path: path, call: "socket", code: errno) }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            switch code {
            case ENOENT, ECONNREFUSED: throw .notRunning(path: path)
            case EACCES, EPERM: throw .notAllowed(path: path, group: groupName())
            default: throw .failed(path: path, call: "connect", code: code)
            }
        }
        return descriptor
    }

    private func send(_ text: String, to descriptor: Int32) throws(AdminFailure) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed(path: path, call: "write", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// The group that may use the socket, where it can be found out.
    private func groupName() -> String? {
        var status = stat()
        guard stat(path, &status) == 0, let entry = getgrgid(status.st_gid) else { return nil }
        return String(cString: entry.pointee.gr_name)
    }

    /// Where the body begins.
    static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual("\r\n\r\n".utf8) }.map {
            $0 + 4
        }
    }

    /// The number in `HTTP/1.1 200 OK`.
    static func status(_ head: [UInt8]) -> Int? {
        guard head.starts(with: "HTTP/1.".utf8) else { return nil }
        let words = head.prefix { $0 != 0x0D }.split(separator: 0x20)
        return words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
    }
}
