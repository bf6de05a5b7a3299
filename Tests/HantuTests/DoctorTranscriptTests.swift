import Foundation
import Glibc
import LogConfiguration
import LogModel
import LogSinks
import LogStore
import Testing

@testable import hantu

/// What the doctor says of what it found, for people and as JSON.
struct DoctorTranscriptTests {
    @Test(arguments: Transcript.names(in: "doctor"))
    func `the doctor says what its transcript says`(name: String) throws {
        let findings = try #require(DoctorTranscriptTests.cases[name], "nothing was found for \(name)")
        let report = DoctorReport(checks: Diagnosis(findings).checks)
        try Transcript(name).check { prompt in
            var out = OutputBuffer()
            if prompt.hasSuffix("--json") {
                report.appendJSON(to: &out)
            } else {
                report.append(to: &out, style: .plain)
            }
            return String(decoding: out.bytes, as: UTF8.self) + "? \(report.isWell ? 0 : 1)\n"
        }
    }

    private static let cases = [
        "doctor/works.expected": works, "doctor/absent.expected": absent,
        "doctor/not-set-up.expected": notSetUp, "doctor/broken.expected": broken,
        "doctor/unreachable.expected": unreachable, "doctor/not-allowed.expected": notAllowed,
    ]

    private static let works: Findings = {
        var found = Findings(
            configuration: Configuration(), traceID: "doctor-1a2b3c", status: status("READY", []))
        found.text.path = "/var/log/hantu/info/info_20260201.log"
        found.errors.path = "/var/log/hantu/errors/error_20260201.json"
        found.store = .row(4711)
        found.journal = .answered(.found)
        found.alertTest = answer(
            200, #"{"ok":true,"chats":[{"chat":"-100123","delivered":true,"answer":""}]}"#)
        found.timelineEntries = 1
        return found
    }()

    private static let absent: Findings = {
        var found = works
        found.status = .failure(.notRunning(path: "/run/hantu-logd/admin.sock"))
        found.refusal = String(cString: strerror(ENOENT))
        return found
    }()

    private static let notSetUp: Findings = {
        var found = works
        found.configuration.files.minimumLevel = .critical
        found.configuration.store.enabled = false
        found.configuration.journal.enabled = .off
        found.text.path = nil
        (found.store, found.journal) = (nil, nil)
        found.alertTest = answer(409, #"{"error":"alerts are not configured"}"#)
        return found
    }()

    /// The daemon answers, and nothing behind it does.
    private static let broken: Findings = {
        var found = works
        found.status = status(
            "CRITICAL", [("text", "info_20260201.log: Permission denied"), ("journal", "the queue is full")],
            lastFailure: "connection refused")
        found.text = Findings.InFiles(problem: "/var/log/hantu/info: Permission denied")
        found.errors = Findings.InFiles()
        found.store = .missing
        found.alertTest = answer(
            200,
            #"{"ok":false,"chats":[{"chat":"1","delivered":false,"answer":"401 Unauthorized"},{"chat":"2","delivered":true}]}"#
        )
        found.timelineEntries = 0
        return found
    }()

    /// The other words for what is broken.
    private static let unreachable: Findings = {
        var found = works
        found.status = .failure(.malformed(path: "/run/hantu-logd/admin.sock"))
        found.configuration.journal.enabled = .on
        found.store = .failed("connection to server at \"127.0.0.1\", port 1 failed\n\u{1b}[31m")
        found.journal = .absent
        found.alertTest = answer(503, #"{"error":"the daemon is starting"}"#)
        found.timelineEntries = 2
        return found
    }()

    /// Somebody who may send records and nothing else.
    private static let notAllowed: Findings = {
        var found = works
        found.status = .failure(.notAllowed(path: "/run/hantu-logd/admin.sock", group: "hantu-logd"))
        found.store = .unusable
        found.journal = .answered(.unreadable)
        found.alertTest = nil
        return found
    }()

    private static func answer(_ status: Int, _ body: String) -> AdminAnswer {
        AdminAnswer(status: status, body: Array(body.utf8))
    }

    private static func status(
        _ state: String, _ conditions: [(output: String, message: String)], lastFailure: String? = nil
    ) -> Result<JSONValue, AdminFailure> {
        let list = conditions.map { #"{"output":"\#($0.output)","message":"\#($0.message)"}"# }
        let failure = lastFailure.map { "\"\($0)\"" } ?? "null"
        let text = """
            {"state":"\(state)","conditions":[\(list.joined(separator: ","))],\
            "outputs":{"store":{"last_failure":\(failure)}}}
            """
        return .success(JSONValue(Array(text.utf8))!)
    }
}
