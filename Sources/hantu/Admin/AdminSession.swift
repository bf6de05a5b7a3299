import ArgumentParser
import Glibc
import LogConfiguration
import LogModel

/// The percent-encoded form of a value in a query.
func queryEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            return String(UnicodeScalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count < 2 ? "%0" + digits : "%" + digits
        }
    }.joined()
}

extension Session {
    var admin: AdminClient { AdminClient(path: configuration.admin.socket) }

    /// Asks the daemon; says why it didn't answer and what to do about it, and exits 1.
    func ask(_ method: String, _ target: String) throws -> (status: Int, body: JSONValue, bytes: [UInt8]) {
        let answer: AdminAnswer
        do throws(AdminFailure) { answer = try admin.call(method, target) } catch { throw report(error) }
        guard let body = JSONValue(answer.body) else {
            throw report(.malformed(path: configuration.admin.socket))
        }
        return (answer.status, body, answer.body)
    }

    /// Asks the daemon to do something. Where it doesn't, shows its reason, and exits 1.
    func tell(_ target: String, json: Bool) throws -> JSONValue {
        let (status, body, bytes) = try ask("POST", target)
        if json { show(bytes) }
        if status == 200 { return body }
        if let reason = body["error"]?.text { Report.failure(reason) }
        for fault in body["faults"]?.elements ?? [] { Report.failure(fault.text ?? "") }
        if status == 403 { Report.information("root 또는 데몬의 사용자로 실행하세요 (예: sudo hantu …)") }
        if body["error"] == nil { return body }
        throw ExitCode(1)
    }

    /// Prints a line of JSON that came from the daemon.
    func show(_ bytes: [UInt8]) {
        let output = Output()
        var line = bytes[...]
        while line.last == 0x0A { line = line.dropLast() }
        line.withUnsafeBufferPointer { line in
            output.append { out in
                TerminalText.append(json: line, to: &out)
                out.append("\n")
            }
        }
        output.flush()
    }

    /// Says what is wrong and what helps.
    func report(_ failure: AdminFailure) -> ExitCode {
        switch failure {
        case .notRunning(let path):
            Report.failure("hantu-logd가 실행 중이 아닙니다 (\(path))")
            Report.information("systemctl start hantu-logd 로 시작하거나, --config 로 설정 파일을 지정하세요")
        case .notAllowed(let path, let group):
            Report.failure("\(path) 에 접근할 권한이 없습니다")
            let who = group.map { "root 또는 그룹 '\($0)'" } ?? "root"
            Report.information("\(who)의 사용자로 실행하세요 (예: sudo hantu …)")
        case .failed(let path, let call, let code):
            let timedOut = code == EAGAIN
            let reason = timedOut ? "응답이 없습니다" : "\(call): \(String(cString: strerror(code)))"
            Report.failure("\(path): \(reason)")
        case .malformed(let path):
            Report.failure("\(path): hantu-logd의 응답이 아닙니다")
        }
        return ExitCode(1)
    }
}
