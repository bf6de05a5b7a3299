import LogModel
import LogSinks
import Testing

@testable import hantu

struct FilterTests {
    private func parts(_ line: String) -> (Severity, Bool, String, String, String?)? {
        var padded = OutputBuffer()
        padded.append(text: line)
        guard let parts = TextLine(padded.bytes, zone: seoul) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: parts.bytes(range), as: UTF8.self) }
        return (
            parts.level, parts.succeeded, text(parts.logger), text(parts.message), parts.traceID.map(text)
        )
    }

    @Test func `text lines of every form are taken apart`() throws {
        let plain = try #require(parts("2026-02-01 12:34:56 [INFO] core.a: 주문: 시작 (trace_id=abc-1_Z)"))
        #expect(plain == (.info, false, "core.a", "주문: 시작", "abc-1_Z"))
        let marked = try #require(parts("2026-02-01 12:34:56 ✅ [INFO] a: b"))
        #expect(marked == (.info, true, "a", "b", nil))
        let failed = try #require(parts("2026-02-01 12:34:56 ❌ [CRITICAL] a:  (trace_id=x)"))
        #expect(failed == (.critical, false, "a", "", "x"))
        let odd = try #require(parts("2026-02-01 12:34:56 [ERROR] a: b (trace_id=) (trace_id=a b)"))
        #expect(odd == (.error, false, "a", "b (trace_id=) (trace_id=a b)", nil))
    }

    @Test(arguments: [
        "", "2026-02-01 12:34:56", "2026-02-01 12:34:56 ", "2026-02-01 12:34:56 [INFO",
        "2026-02-01 12:34:56 [INFO] ",
        "2026-02-01 12:34:56 [INFO] a", "2026-02-01 12:34:56 [INFO] a:", "2026-02-01 12:34:56 [LOUD] a: b",
        "2026-13-01 12:34:56 [INFO] a: b", "Traceback (most recent call last):",
        "2026-02-01T12:34:56 [INFO] a: b",
    ])
    func `other lines are not`(line: String) { #expect(parts(line) == nil) }

    private func verdict(_ line: String, _ change: (inout RecordQuery) throws -> Void) rethrows -> LineVerdict
    {
        var query = RecordQuery()
        try change(&query)
        var filter = ErrorLineFilter(query: query, zone: seoul)
        var padded = OutputBuffer()
        padded.append(text: line)
        return filter.judge(padded.bytes)
    }

    private let line =
        #"{"timestamp":"2026-02-01T12:00:00","level":"error","service":"sch\u0065duler","message":"say \"주문\"\nnow","context":{"n":1}}"#

    @Test func `level and service are compared as what they mean`() {
        #expect(verdict(line) { $0.minimumLevel = .error } == .wanted)
        #expect(verdict(line) { $0.minimumLevel = .critical } == .unwanted)
        #expect(verdict(line) { $0.service = "scheduler" } == .wanted)
        #expect(verdict(line) { $0.service = "sched" } == .unwanted)
    }

    @Test func `a naive time is local time`() {
        #expect(verdict(line) { $0.since = Timestamp(seconds: noon) } == .wanted)
        #expect(verdict(line) { $0.since = Timestamp(seconds: noon + 1) } == .unwanted)
        #expect(verdict("{\"message\":\"x\"}") { $0.since = Timestamp(seconds: 0) } == .unwanted)
    }

    @Test(arguments: [
        "주문", "say \"주문", "\"주문\"\nnow", "^now$", "(?i)SAY", "scheduler", "\"n\":1", "error", "[0-9]",
    ])
    func `a pattern is looked for in the decoded fields`(pattern: String) throws {
        #expect(try verdict(line) { $0.pattern = try SearchPattern(pattern) } == .wanted)
    }

    @Test(arguments: ["timestamp", "주식", "^say$", "message"])
    func `and not in the names of fields`(pattern: String) throws {
        #expect(try verdict(line) { $0.pattern = try SearchPattern(pattern) } == .unwanted)
    }

    @Test func `a pattern that can't be compiled says why`() {
        #expect(throws: SearchPattern.Fault.self) { try SearchPattern("(") }
    }

    @Test func `colours need a terminal that has them and nobody who refuses`() {
        let terminal = ["TERM": "xterm"]
        #expect(Style(environment: terminal, isTerminal: true).isColoured)
        #expect(!Style(environment: terminal, isTerminal: false).isColoured)
        #expect(!Style(environment: ["TERM": "dumb"], isTerminal: true).isColoured)
        #expect(!Style(environment: ["TERM": "xterm", "NO_COLOR": "1"], isTerminal: true).isColoured)
    }
}
