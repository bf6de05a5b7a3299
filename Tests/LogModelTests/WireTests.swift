import Foundation
import LogTesting
import Testing

@testable import LogModel

/// Runs `body` on the bytes of a text with the slack that scanners need.
func withPadded<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var buffer = OutputBuffer()
    buffer.append(text: text)
    return body(buffer.bytes)
}

func string(_ run: (inout OutputBuffer) -> Void) -> String {
    var out = OutputBuffer()
    run(&out)
    return String(decoding: out.bytes, as: UTF8.self)
}

@Suite struct DateTimeTextTests {
    func read(_ text: String) -> Timestamp? {
        withPadded(text) { bytes in DateTimeText(bytes).map { $0.timestamp(in: bytes, zone: .utc) } }
    }

    @Test(arguments: [
        ("2026-02-01T12:34:56+09:00", 1_769_916_896, 0, 0), ("2026-02-01t03:34:56z", 1_769_916_896, 0, 0),
        ("2026-02-01 03:34:56", 1_769_916_896, 0, 0),
        ("2026-02-01T03:34:56.5Z", 1_769_916_896, 500_000_000, 1),
        ("2026-02-01T03:34:56,123456+0000", 1_769_916_896, 123_456_000, 6),
        ("2026-01-31T22:34:56.123456789012-05", 1_769_916_896, 123_456_789, 9),
        ("2026-02-01T03:34:60Z", 1_769_916_900, 0, 0),
    ]) func datesAndTimesAreRead(text: String, seconds: Int64, nanoseconds: UInt32, precision: UInt8) {
        #expect(read(text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds, precision: precision))
    }

    @Test(arguments: [
        "", "2026-02-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-01T24:00:00Z",
        "2026-02-01T12:60:00Z", "2026-02-01T12:34:56.Z", "2026-02-01T12:34:56+9",
        "2026-02-01T12:34:56+09:00x",
        "2026-02-01X12:34:56Z", "yesterday at twelve o'clock", "2026-02-01T12:34:56 KST",
        "2026/02/01T12:34:56Z",
    ]) func whatIsNoDateAndTimeIsRefused(text: String) { #expect(read(text) == nil) }

    @Test func aTimestampIsWrittenWithItsFractionAndTheZonesOffset() throws {
        let seoul = try zone("Asia/Seoul")
        let time = Timestamp(seconds: 1_769_916_896, nanoseconds: 120_000_000, precision: 2)
        #expect(string { TimeText.append(time, zone: seoul, to: &$0) } == "2026-02-01T12:34:56.12+09:00")
        #expect(string { TimeText.append(time, zone: .utc, to: &$0) } == "2026-02-01T03:34:56.12+00:00")
    }
}

@Suite struct JSONTextTests {
    @Test func escapesBecomeTextAndTextBecomesEscapes() {
        let json = #"a\n\t\"\\\/\u0041\uc8fc\ud83d\ude80\u001b"#
        let text = withPadded(json) { bytes in string { JSONText.decode(bytes, into: &$0) } }
        #expect(text == "a\n\t\"\\/A주🚀\u{1b}")
        let again = withPadded(text) { bytes in string { JSONText.encode(bytes, into: &$0) } }
        #expect(again == #"a\n\t\"\\/A주🚀\u001b"#)
    }

    @Test func normalizingMakesOrdinaryCharactersReadableAndUnsafeOnesEscapes() {
        let json = #"\uc8fc\ubb38 \u0022 \/ \u0000 \u202e "# + "\u{7f}\u{9b}\u{2028}\u{2066}"
        let out = withPadded(json) { bytes in string { JSONText.normalize(bytes, into: &$0) } }
        #expect(out == #"주문 \" / \u0000 \u202e \u007f\u009b\u2028\u2066"#)
    }

    @Test func aLoneSurrogateStaysAnEscape() {
        let json = #"x\ud83dy\udc00"#
        #expect(withPadded(json) { bytes in string { JSONText.normalize(bytes, into: &$0) } } == json)
        let there = withPadded(json) { bytes in
            string { out in
                var plain = OutputBuffer()
                JSONText.decode(bytes, into: &plain)
                JSONText.encode(plain.bytes, into: &out)
            }
        }
        #expect(there == json)
    }
}

@Suite struct JSONCursorTests {
    func accepts(_ text: String) -> Bool {
        withPadded(text) { bytes in
            var cursor = JSONCursor(bytes)
            cursor.skipSpace()
            guard cursor.passValue() != nil else { return false }
            cursor.skipSpace()
            return cursor.atEnd
        }
    }

    /// Whatever bytes come, the verdict is the one of an implementation that others wrote.
    @Test func theGrammarIsTheOneThatFoundationKnows() {
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\n", "\\u00e9", "\\ud83d", "1", "-", "0", ".5", "e9 ",
            "true", "false",
            "null", " ", "\t", "\"a\"", "\"주\"", "\n", "\u{1}", "01", "1.5E+3 ", "x",
        ]
        var valid = 0
        for _ in 0..<30000 {
            let count = Int.random(in: 1...8, using: &generator)
            let inner = (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined()
            let text = Bool.random(using: &generator) ? inner : "{\"k\":" + inner + "}"
            // Foundation takes a lone surrogate's escape for an error, and a comma before a brace for none.
            let dense = text.filter { !$0.isWhitespace }
            if dense.contains("\\ud83d") || dense.contains(",}") || dense.contains(",]")
                || dense.contains("E+3e")
            {
                continue
            }
            let expected =
                (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
            #expect(accepts(text) == expected, "\(text)")
            if expected { valid += 1 }
        }
        #expect(valid > 500)
    }

    @Test func nestingEndsAtFiveHundredAndTwelve() {
        #expect(accepts(String(repeating: "[", count: 512) + String(repeating: "]", count: 512)))
        #expect(!accepts(String(repeating: "[", count: 513) + String(repeating: "]", count: 513)))
    }
}

@Suite struct WireRecordTests {
    @Test func aRecordGoesThroughItsLineAndBack() throws {
        let record = LogRecord(
            timestamp: Timestamp(seconds: 1_769_916_896, nanoseconds: 123_000_000, precision: 3),
            level: .error,
            service: "scheduler", logger: "core.trading.engine", module: "engine", function: "execute_order",
            line: 12,
            message: "주문 실패: \"잔고\"\n\u{1b}[31m", traceID: "abc12345", errorType: "InsufficientBalance",
            stackTrace: "Traceback\n  File", context: #"{"n":12345678901234567890,"x":1e400}"#,
            id: EventID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001),
            fingerprint: "0123456789abcdef",
            host: "h1", pid: 42, succeeded: false, notify: .warning)
        let line = string { record.appendWire(to: &$0, zone: try! zone("Asia/Seoul")) }
        #expect(
            line.hasPrefix(
                #"{"timestamp":"2026-02-01T12:34:56.123+09:00","trace_id":"abc12345","level":"ERROR""#))
        #expect(LogRecord(wireBytes: line.utf8) == record)
    }

    @Test func aDecoderKeepsNothingOfTheLineBefore() {
        let lines = [
            #"{"timestamp":"2026-02-01T12:34:56Z","level":"CRITICAL","message":"x","notify":"report","fingerprint":"ab"}"#,
            #"{"timestamp":"2026-02-01T12:34:57Z","level":"ERROR","message":"y","fingerprint":"cd"}"#,
            #"{"timestamp":"2026-02-01T12:34:58Z","level":"ERROR","message":"z"}"#, "not a record",
        ]
        var decoder = WireDecoder()
        func isRecord(_ line: String) -> Bool { decoder.read(line.utf8) }
        #expect(isRecord(lines[0]))
        let first = decoder.summary
        #expect(first?.notify == .report && first?.level == .critical)
        #expect(isRecord(lines[1]))
        let second = decoder.summary
        #expect(
            second
                == WireDecoder.Summary(
                    seconds: 1_769_949_297, level: .error, succeeded: false, notify: nil, fingerprint: "cd"))
        let record = decoder.record
        #expect(record == LogRecord(wireBytes: lines[1].utf8))
        #expect(isRecord(lines[2]))
        let third = (decoder.summary, decoder.record)
        #expect(third.0 == nil && third.1?.message == "z")
        #expect(!isRecord(lines[3]))
    }

    @Test func theFirstTenKeysAreThereAlsoWhenAbsent() throws {
        let line = string { LogRecord(timestamp: Timestamp(seconds: 0)).appendWire(to: &$0, zone: .utc) }
        #expect(
            line
                == #"{"timestamp":"1970-01-01T00:00:00+00:00","trace_id":null,"level":"INFO","service":"","module":null,"function":null,"message":"","error_type":null,"stack_trace":null,"context":null,"logger":""}"#
        )
    }

    @Test func whatIsNoSuchLineGivesNothingAndNoCrash() {
        for text in ["", "{", "[]", "{}", #"{"timestamp":1}"#, #"{"timestamp":"soon"}"#, "\u{0}\u{0}"] {
            #expect(LogRecord(wireBytes: text.utf8) == nil)
        }
    }
}

@Suite struct LineScannerTests {
    func scan(
        _ text: String, cut: Bool = false,
        _ body: (borrowing LineFields, WireReader, LineScanner.Failure?) -> Void
    ) {
        withPadded(text) { bytes in
            var fields = LineFields()
            let failure = LineScanner().scan(bytes, cut: cut, into: &fields)
            body(fields, WireReader(line: bytes), failure)
        }
    }

    @Test func everyAliasFindsItsField() {
        for field in Field.allCases {
            for name in field.names {
                scan("{\"\(name)\" : \"v\"}") { fields, reader, failure in
                    #expect(failure == nil)
                    let found = fields.has(field) && fields.extras.isEmpty
                    #expect(found, "\(name)")
                    #expect(reader.text(fields[field]) == "v")
                }
            }
        }
    }

    @Test func theFieldWinsOverItsAliasInEitherOrder() {
        for text in [#"{"msg":"a","message":"b"}"#, #"{"message":"b","msg":"a"}"#] {
            scan(text) { fields, reader, _ in
                #expect(reader.text(fields[.message]) == "b")
                #expect(fields.extras.count == 1)
                #expect(reader.name(fields.extras[0]) == "msg")
                #expect(reader.text(fields.extras[0].value) == "a")
            }
        }
    }

    @Test func ofDuplicateKeysTheLastWinsAndNullIsAbsence() {
        scan(#"{"message":"a","message":"b","level":null,"severity":"ERROR"}"#) { fields, reader, _ in
            #expect(reader.text(fields[.message]) == "b")
            #expect(reader.text(fields[.level]) == "ERROR")
        }
    }

    @Test func ofACutLineTheWholeFieldsAndTheMessageCount() {
        scan(#"{"level":"ERROR","line":12,"message":"abc\u00"#, cut: true) { fields, reader, failure in
            #expect(failure == nil)
            #expect(reader.text(fields[.message]) == "abc")
            #expect(reader.text(fields[.line]) == "12")
        }
        scan(#"{"level":"ERROR","line":12"#, cut: true) { fields, _, failure in
            #expect(failure == nil)
            let line = fields.has(.line)
            #expect(!line)
        }
        scan(#"{"level":"ERROR","context":{"a":"b"#, cut: true) { fields, _, failure in
            let (level, context) = (fields.has(.level), fields.has(.context))
            #expect(failure == nil && level && !context)
        }
    }
}
