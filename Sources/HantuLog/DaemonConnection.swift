internal import Glibc
internal import LogModel

/// The connection, as the thread uses it (contract section 3): never blocks but in `finish`.
final class DaemonConnection {
    private static let firstPause: Int32 = 50
    private static let longestPause: Int32 = 2000
    private static let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

    private let service: String
    private let path: String
    private let buffer: ((inout RecordBuffer) -> Void) -> Void
    private(set) var descriptor: Int32 = -1
    /// The lines of the last chunk, as bytes, and how many of these have left.
    private var batch: [RecordBuffer.Line] = []
    private var out: [UInt8] = []
    private var written = 0
    private var received: [UInt8] = []
    private var pause = DaemonConnection.firstPause
    private var nextAttempt: Int64 = 0

    init(service: String, path: String, buffer: @escaping ((inout RecordBuffer) -> Void) -> Void) {
        self.service = service
        self.path = path
        self.buffer = buffer
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Closes this process's descriptor; the parent process goes on with its own.
    func abandon() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// How long to wait at most before `send` is worth a try, in milliseconds.
    func pauseLeft(isSent: Bool) -> Int32 {
        isSent || descriptor >= 0 ? -1 : Int32(max(0, nextAttempt - DaemonConnection.milliseconds()))
    }

    /// Sends what waits, as far as the kernel takes it; false when something is left.
    func send() -> Bool {
        if descriptor < 0, isSettled { return true }
        while isConnected() {
            if written == out.count, !fill() { return true }
            let count = out[written...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, DaemonConnection.flags)
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                return false
            } else if errno != EINTR {
                disconnect()
            }
        }
        return false
    }

    private var isSettled: Bool {
        var settled = false
        buffer { settled = $0.isSettled }
        return settled
    }

    private func fill() -> Bool {
        batch.removeAll(keepingCapacity: true)
        out.removeAll(keepingCapacity: true)
        written = 0
        var dropped: [(Severity, Int)]?
        buffer { dropped = $0.takeDropped() }
        if let dropped {
            let report = DropReport(dropped).line()
            buffer { $0.putFirst(report) }
        }
        buffer { $0.take(Client.chunk, into: &batch) }
        for line in batch { out += line.bytes }
        return !batch.isEmpty
    }

    private func isConnected() -> Bool {
        if descriptor >= 0 { return true }
        if DaemonConnection.milliseconds() < nextAttempt { return false }
        let opened = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard opened >= 0, name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            if opened >= 0 { close(opened) }
            putOff()
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(opened, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            close(opened)
            putOff()
            return false
        }
        descriptor = opened
        var hello = OutputBuffer()
        hello.append("{\"hantu\":{\"protocol\":1,\"acks\":true,\"service\":\"")
        var text = service
        text.withUTF8 { JSONText.encode($0, into: &hello) }
        hello.append("\"}}\n")
        out = Array(hello.bytes)
        written = 0
        batch.removeAll()
        return true
    }

    private func putOff() {
        nextAttempt = DaemonConnection.milliseconds() + Int64(pause)
        pause = min(pause * 2, DaemonConnection.longestPause)
    }

    private func disconnect() {
        close(descriptor)
        descriptor = -1
        rewind(keepingRest: false)
        received.removeAll()
        putOff()
    }

    /// Lets what must be sent (again) wait once more. Of a line that left in part, all of it does, or its rest
    /// stays to be sent, and behind it the newline from which a daemon that kept the connection counts.
    private func rewind(keepingRest: Bool) {
        var left = out.count - written
        var from = batch.count
        while from > 0, left >= (keepingRest ? batch[from - 1].bytes.count : 1) {
            from -= 1
            left -= batch[from].bytes.count
        }
        let unsent = batch[from...]
        buffer { $0.putBack(unsent) }
        out = keepingRest ? out[written..<(written + left)] + [UInt8(ascii: "\n")] : []
        written = 0
        batch.removeAll()
    }

    /// Reads what the daemon answered.
    func receive() {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while descriptor >= 0 {
            let count = recv(descriptor, &chunk, chunk.count, DaemonConnection.flags)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { return disconnect() }
            received += chunk[..<count]
            while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                answer(DaemonAnswer(received[..<end]))
                received.removeFirst(end + 1)
            }
        }
    }

    private func answer(_ answer: DaemonAnswer) {
        switch answer {
        case .acknowledged(let number): buffer { $0.acknowledge(number) }
        case .resumed: rewind(keepingRest: true)
        case .greeting: break
        case .other: return
        }
        pause = DaemonConnection.firstPause
    }

    /// Sends everything and waits until it is safe, or until the time is over, or the daemon isn't there.
    func finish(within milliseconds: Int64) {
        let end = DaemonConnection.milliseconds() + milliseconds
        nextAttempt = 0
        var hasAsked = false
        while !isSettled, isConnected() {
            let isSent = send()
            if isSent, !hasAsked {
                hasAsked = true
                out = Array("{\"hantu\":{\"flush\":true}}\n".utf8)
                written = 0
                continue
            }
            let left = end - DaemonConnection.milliseconds()
            if left <= 0 || descriptor < 0 { break }
            var watched = pollfd(
                fd: descriptor, events: Int16(isSent ? POLLIN : POLLIN | POLLOUT), revents: 0)
            _ = poll(&watched, 1, Int32(left))
            receive()
        }
        if descriptor >= 0 { disconnect() }
    }

    private static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
