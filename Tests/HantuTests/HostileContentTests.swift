import LogModel
import LogSinks
import Testing

@testable import hantu

struct HostileContentTests {
    private let hostile = "a\u{1b}]0;x\u{7}b\u{9b}31mc\u{202e}d\u{2028}e\u{7f}"

    /// Whether any byte could drive a terminal or forge a line.
    private func isHarmless(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0 != "\n" && UnsafeCharacter.contains($0.value) }
    }

    @Test func `foreign text in a text file drives no terminal`() throws {
        let tree = try LogTree()
        try tree.append("\(hostile)\r\n", day: "20260201")
        let shown = tree.last()
        #expect(isHarmless(shown))
        #expect(shown == "a\\u001b]0;x\\u0007b\\u009b31mc\\u202ed\\u2028e\\u007f\\r\n")
    }

    @Test func `foreign text in an error record drives no terminal`() throws {
        var record = LogRecord(timestamp: Timestamp(seconds: noon))
        record.level = .error
        record.service = hostile
        record.module = hostile
        record.errorType = hostile
        record.message = hostile + "\nforged"
        record.stackTrace = "\t" + hostile
        record.traceID = hostile
        var out = OutputBuffer()
        RecordBlock.append(record, zone: seoul, style: .plain, to: &out)
        let shown = String(decoding: out.bytes, as: UTF8.self)
        #expect(isHarmless(shown))
        // Every line that is not the first is behind the margin, so that none can pass for a record.
        #expect(shown.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("   ") })
    }

    @Test func `a JSON line with raw control characters stays the same JSON`() throws {
        let tree = try LogTree()
        let line = "{\t\"timestamp\":\"2026-02-01T12:00:00\",\"message\":\"x\u{9b}\u{7f}\u{202e}\"}\r\n"
        try tree.append(line, .errors, day: "20260201")
        #expect(
            tree.last(RecordQuery(), .errors)
                == "{ \"timestamp\":\"2026-02-01T12:00:00\",\"message\":\"x\\u009b\\u007f\\u202e\"} \n")
    }

    @Test func `random bytes crash nothing`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(state: seed)
        let alphabet =
            Array("{}[]\":,\\u0019\n\r 2026-02-01 12:00:00 [ERROR] a: (trace_id=x)".utf8) + [
                0, 0xff, 0xe2, 0x80,
            ]
        for kind in [DailyFileKind.text, .errors] {
            for _ in 0..<40 {
                let tree = try LogTree()
                let bytes = (0..<4000).map { _ in alphabet.randomElement(using: &random)! }
                try tree.append(bytes: bytes, kind, day: "20260201")
                var query = RecordQuery()
                query.limit = 1000
                if Bool.random(using: &random) { query.pattern = try SearchPattern("0+1") }
                if Bool.random(using: &random) { query.minimumLevel = .info }
                #expect(isHarmless(tree.last(query, kind)), "seed \(seed)")
            }
        }
    }

    @Test func `broken lines are counted and skipped`() throws {
        let tree = try LogTree()
        try tree.append("{\"message\":1}\nno json\n{\"a\":\n", .errors, day: "20260201")
        let output = tree.output
        let query = RecordQuery()
        let problems = tree.log(.errors).printLast(query, tree.view(query, .errors), output)
        output.flush()
        #expect(problems.brokenLines == 2)
        #expect(tree.take() == "{\"message\":1}\n")
    }
}
