import LogModel
import LogSinks
import LogTesting
import Testing

/// Contract section 5, Telegram: what a message looks like.
@Suite struct AlertFormatTests {
    /// The contract's own example.
    private func example() -> LogRecord {
        LogRecord(
            timestamp: Timestamp(seconds: 1_769_916_898), level: .error, service: "scheduler",
            logger: "core.trading.engine", module: "trading_engine", function: "execute_order", line: 123,
            message: "주문 실행 실패: 잔고 부족", traceID: "abc12345", errorType: "InsufficientBalance",
            stackTrace: """
                Traceback (most recent call last):
                File "core/trading/engine.py", line 123
                raise InsufficientBalance()
                InsufficientBalance

                """)
    }

    private func text(_ record: LogRecord, zone: ZoneRules = .utc) -> String {
        AlertFormat(zone: zone).text(of: record, as: AlertKind(record))
    }

    @Test func theExampleComesOutByteForByte() throws {
        let expected = """
            🚨 [scheduler] 에러
            2026-02-01 12:34:58 | trading_engine.execute_order
            타입: InsufficientBalance

            주문 실행 실패: 잔고 부족

            <pre>File "core/trading/engine.py", line 123
            raise InsufficientBalance()
            InsufficientBalance</pre>
            (trace_id: abc12345)
            """
        #expect(Array(text(example(), zone: try .fixed(9 * 3600)).utf8) == Array(expected.utf8))
    }

    @Test func theSecondLineShowsWhatThereIs() {
        var record = example()
        func place() -> String { String(text(record).split(separator: "\n")[1].split(separator: "|")[1]) }
        record.function = nil
        #expect(place() == " trading_engine")
        record.module = nil
        #expect(place() == " core.trading.engine")
        record.function = "execute_order"
        #expect(place() == " core.trading.engine")
    }

    @Test func whatIsAbsentLeavesNoLine() {
        var record = example()
        record.errorType = nil
        record.stackTrace = nil
        record.traceID = nil
        #expect(
            text(record) == """
                🚨 [scheduler] 에러
                2026-02-01 03:34:58 | trading_engine.execute_order

                주문 실행 실패: 잔고 부족
                """)
        record.message = ""
        #expect(text(record).hasSuffix("| trading_engine.execute_order"))
        record.traceID = "t"
        #expect(text(record).hasSuffix("execute_order\n\n(trace_id: t)"))
    }

    @Test func indentationOfTheStackTraceStays() {
        var record = example()
        record.stackTrace = "first\n  File \"a.py\"\r\n    raise X()\nX\n\n"
        #expect(text(record).contains("<pre>  File \"a.py\"\n    raise X()\nX</pre>"))
    }

    @Test func markupInARecordIsText() throws {
        var record = example()
        record.service = "<b>&amp;</b>"
        record.message = "if a < b && c > d: </pre><a href=\"x\">"
        record.stackTrace = "</pre><script>"
        let visible = try TelegramReader.visibleText(of: text(record))
        #expect(visible.contains("[<b>&amp;</b>]"))
        #expect(visible.contains(record.message))
        #expect(visible.contains("</pre><script>"))
    }

    @Test func whatCouldForgeALineOrTurnTextRoundIsVisible() throws {
        var record = example()
        record.service = "a]\n🚨 [b"
        record.message = "one\ntwo\u{202E}x\u{0007}\u{0000}\u{1B}[2J"
        let visible = try TelegramReader.visibleText(of: text(record))
        #expect(visible.split(separator: "\n")[0] == "🚨 [a]\\n🚨 [b] 에러")
        #expect(visible.contains("one\ntwo\\u202ex\\u0007\\u0000\\u001b[2J"))
    }

    @Test func aLongStackTraceLosesItsFirstLinesThenTheMessageItsEnd() throws {
        var record = example()
        record.stackTrace = ["1", "2", "3"].map { String(repeating: $0, count: 900) }.joined(separator: "\n")
        record.message = String(repeating: "m", count: 2500)
        var visible = try TelegramReader.visibleText(of: text(record))
        #expect(!visible.contains("111") && !visible.contains("222") && visible.contains("333"))
        #expect(visible.contains(record.message))
        record.message = String(repeating: "m", count: 9000)
        visible = try TelegramReader.visibleText(of: text(record))
        #expect(visible.contains("m…\n") && visible.contains("333"))
        #expect(visible.hasSuffix("(trace_id: abc12345)"))
        #expect(text(record).utf16.count == 4096)
    }

    @Test(arguments: 1...400) func whateverComesIsAMessageThatTelegramTakes(seed: UInt64) throws {
        var random = LogTesting.SeededGenerator(seed: seed)
        var record = example()
        record.service = noise(40, &random)
        record.module = noise(400, &random)
        record.errorType = noise(300, &random)
        record.message = noise([10, 4000, 4096, 9000, 60_000].randomElement(using: &random)!, &random)
        record.stackTrace = noise(6000, &random)
        let written = text(record)
        _ = try TelegramReader.visibleText(of: written)
        #expect(written.utf16.count <= 4096, "seed \(seed)")
    }

    @Test(arguments: 1...60) func aDigestOfWhateverComesIsAMessageThatTelegramTakes(seed: UInt64) throws {
        var random = LogTesting.SeededGenerator(seed: seed)
        var chat = ChatModel()
        for _ in 0..<300 {
            var record = LogRecord.failure(noise(30, &random), level: .critical)
            record.message = noise(500, &random)
            record.module = noise(200, &random)
            chat.take(record)
        }
        chat.drain()
        for text in chat.texts { _ = try TelegramReader.visibleText(of: text) }
        #expect(chat.total == 300, "seed \(seed)")
    }

    /// Text with everything that could break a cut: markup, entities, pairs, joiners, newlines, controls.
    private func noise(_ length: Int, _ random: inout LogTesting.SeededGenerator) -> String {
        let pieces = [
            "<", ">", "&", "&amp;", "<pre>", "</pre>", "a", "주문", "🚨", "👨‍👩‍👧‍👦", "é", "\n", "\r\n", "\t",
            "\u{202E}", "\u{0}", "\u{200D}", "🇰🇷", "12건", " ", "…",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...length, using: &random) {
            text += Int.random(in: 0..<3, using: &random) == 0 ? pieces.randomElement(using: &random)! : "x"
        }
        return text
    }
}
