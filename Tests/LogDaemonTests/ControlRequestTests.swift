import LogModel
import Testing

@testable import LogDaemon

/// Control lines and their answers (contract section 3).
@Suite struct ControlRequestTests {
    private func request(_ object: String) -> ControlRequest {
        var line = OutputBuffer()
        line.append(text: "{\"hantu\":\(object)}")
        return ControlRequest(line: line.bytes)
    }

    private func isRefused(_ object: String) -> Bool {
        if case .unknown = request(object) { true } else { false }
    }

    @Test func `hello names protocol, service and whether acknowledgements are wanted`() {
        #expect(
            request(#"{"protocol":1,"service":"scheduler","acks":true}"#)
                == .hello(protocolNumber: 1, service: "scheduler", acknowledgements: true))
        #expect(
            request(#"{"protocol":1}"#) == .hello(protocolNumber: 1, service: nil, acknowledgements: false))
        #expect(
            request(#"{"acks":false,"service":"주문","protocol":1,"later":[1]}"#)
                == .hello(protocolNumber: 1, service: "주문", acknowledgements: false))
    }

    @Test func `another protocol number is read, for the answer to name it`() {
        #expect(
            request(#"{"protocol":7}"#) == .hello(protocolNumber: 7, service: nil, acknowledgements: false))
    }

    @Test func `flush is asked for with true alone`() {
        #expect(request(#"{"flush":true}"#) == .flush)
        #expect(isRefused(#"{"flush":false}"#))
        #expect(isRefused(#"{"flush":1}"#))
    }

    @Test(arguments: [
        "{}", "7", "[]", "null", #""flush""#, #"{"protocol":"1"}"#, #"{"protocol":1.5}"#,
        #"{"protocol":1,"acks":1}"#,
        #"{"protocol":1,"service":7}"#, #"{"dance":true}"#,
    ])
    func `what it doesn't know is refused with a reason`(object: String) {
        guard case .unknown(let reason) = request(object) else {
            Issue.record("\(object) was taken")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func `answers are one line of JSON each`() {
        func text(_ reply: ControlReply) -> String {
            var out = OutputBuffer()
            reply.append(to: &out)
            return String(decoding: out.bytes, as: UTF8.self)
        }
        #expect(
            text(.hello) == #"{"hantu":{"protocol":1,"server":"hantu-logd/\#(LogModel.version)"}}"# + "\n")
        #expect(text(.acknowledged(12)) == #"{"hantu":{"acked":12}}"# + "\n")
        #expect(text(.error("a \"b\"\n")) == #"{"hantu":{"error":"a \"b\"\n"}}"# + "\n")
    }
}
