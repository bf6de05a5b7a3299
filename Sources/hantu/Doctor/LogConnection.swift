import Glibc
import LogModel

/// A client of the log socket (contract section 3), for one record that must be safe.
struct LogConnection {
    let path: String

    /// Sends the line and waits, 10 s at most, until the daemon says that it is safe; why not, where it doesn't.
    func sendSafely(_ line: [UInt8]) -> String? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return String(cString: strerror(ENAMETOOLONG))
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return String(cString: strerror(errno)) }
        let text = line + Array("\n{\"hantu\":{\"flush\":true}}\n".utf8)
        guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
            return String(cString: strerror(errno))
        }
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while !answer.contains(0x0A) {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN ? "10초 안에 응답이 없습니다" : String(cString: strerror(errno)) }
            if count == 0 { return "연결이 끊어졌습니다" }
            answer += block[..<count]
        }
        let reply = JSONValue(Array(answer.prefix { $0 != 0x0A }))?["hantu"]
        return reply?["acked"]?.integer == 1
            ? nil : reply?["error"]?.text ?? String(decoding: answer, as: UTF8.self)
    }
}
