import LogModel
import LogTesting
import Testing

struct FingerprintTests {
    private func fingerprint(
        _ message: String, service: String = "s", module: String? = "m", function: String? = "f",
        errorType: String? = "E"
    ) -> String {
        LogRecord(
            timestamp: Timestamp(seconds: 0), service: service, module: module, function: function,
            message: message, errorType: errorType
        ).computedFingerprint
    }

    @Test(arguments: [
        ["주문 005930 실패: 'abc'", "주문 000660 실패: 'xyz'", "주문 5 실패: ''", "  주문\t 7\n실패: 'it's'  "],
        ["잔고 1,234.56원 (-3%)", "잔고 7원 (+12.5%)", "잔고 0원 (3%)"],
        ["order123 took 5ms", "order9 took 1500ms", "order77 took 0.25ms"],
        [
            "id 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b!", "id abcdefab-cdef-abcd-efab-cdefabcdefab!",
            "id 12!", "id deadbeef01!", "id 0xFf!", "id 0190a1b2c3d47e5f8a9b0c1d2e3f4a5b!",
        ],
        ["key \"a b\" of `c`", "key \"\\\"q\\\"\" of `$(d)`", "key \"\" of ``"],
        ["종목'삼성'은 없음", "종목'하이닉스'은 없음"],
        ["can't read b'\\x00' now", "can't read b'q' now"],
        ["at 2026-02-01T12:34:56.789+09:00", "at 1999-12-31T00:00:00.000+00:00"],
        ["127.0.0.1:8080 refused", "10.1.2.33:443 refused"],
        ["[1,2,3] left", "[4] left"],
    ])
    func sameShapesAreOne(_ messages: [String]) {
        for message in messages { #expect(fingerprint(message) == fingerprint(messages[0]), "\(message)") }
    }

    @Test(arguments: [
        ("order failed", "order filled"), ("주문 실패", "주문 체결"), ("don't stop", "don't start"),
        ("5ms", "5s"), ("5%", "5"), ("a b", "ab"), ("order 1", "order1"), ("x 1 y", "x 1 z"),
        ("deadbeef", "beefdead"), ("Order", "order"), ("'a", "'b"), ("it's 'a b", "it's 'a c"),
        ("a\"b", "a\"c"), ("rock'n'roll", "rock'n'rule"), ("'a\nb'", "'a\nc'"), ("a1b2c3d x", "d1c2b3a x"),
        ("g0123456 bad", "h0123456 bad"), ("1 2", "1  2 3"), ("'a'", "1"), ("", "1"),
    ])
    func differentShapesStayApart(_ left: String, _ right: String) {
        #expect(fingerprint(left) != fingerprint(right))
    }

    @Test func everyFieldCounts() {
        let all = [
            fingerprint("m"), fingerprint("m", service: "t"), fingerprint("m", module: "n"),
            fingerprint("m", function: "g"), fingerprint("m", errorType: "F"),
            fingerprint("m", errorType: nil), fingerprint("m", module: "mf", function: ""),
            fingerprint("m", module: "", function: "mf"), fingerprint("Em", errorType: ""),
            fingerprint("m", module: "m1"), fingerprint("m", module: "m2"),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func absentAndEmptyAreOne() {
        #expect(fingerprint("m", module: nil, errorType: "") == fingerprint("m", module: "", errorType: nil))
    }

    /// Fingerprints are stored: when this fails, the change is wrong, not the numbers.
    @Test func fingerprintsNeverChange() {
        let empty = fingerprint("", service: "", module: nil, function: nil, errorType: nil)
        #expect(empty == "d72f603a4ba94f53")
        #expect(fingerprint("주문 005930 실패: 'abc'") == "e5009c99260f2c49")
        #expect(
            fingerprint(
                "Order order123 failed after 1,500ms (-2.5%) at 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                service: "scheduler", module: "core.trading.engine", function: "execute_order",
                errorType: "InsufficientBalance") == "7d4511c1e220aeca")
    }

    @Test func aLongMessageCountsByItsBeginning() {
        let start = String(repeating: "word ", count: 300)
        #expect(fingerprint(start + "a") == fingerprint(start + "b"))
        // Values of different length before the end don't move it.
        #expect(fingerprint("1 'x' " + start + "a") == fingerprint("123456789 'a longer value' " + start))
        let shorter = String(repeating: "word ", count: 100)
        #expect(fingerprint(shorter + "a") != fingerprint(shorter + "b"))
    }

    @Test func aMillionOpeningQuotesAreReadOnce() {
        let clock = ContinuousClock()
        let took = clock.measure {
            for text in ["'a ", "\"a\n", "`a "] {
                _ = fingerprint(String(repeating: text, count: 300_000))
            }
        }
        #expect(took < .milliseconds(200))
    }

    /// Against a second, plain reading of the rules: texts have one fingerprint where they have one shape.
    @Test func agreesWithThePlainReading() {
        let seed: UInt64 = 0x5EED
        var generator = SeededGenerator(seed: seed)
        let alphabet = [
            "ab", "0", "9", "f", "xX", "'", "\"", "`", "-", "+", ".", ",", " ", "\n", "\\", "은", "g", ":",
            "0x",
            "deadbeef", "'v'", "1234abcd-12cd-ef01-2345-0123456789ab", "abcdefab-cdef-abcd-efab-cdefabcdefab",
            "b'", " connection ", "exchange closed", " ", "주문 실패", "order12",
        ]
        var fingerprints: [String: String] = [:]
        var shapes: [String: String] = [:]
        var compared = 0
        for round in 0..<600 {
            let count = Int.random(in: 0...(round % 2 == 0 ? 7 : 25), using: &generator)
            let text = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }.joined()
            let shape = PlainShape.of(text)
            let value = fingerprint(text)
            #expect(fingerprints[shape, default: value] == value, "seed \(seed): \(text)")
            #expect(shapes[value, default: shape] == shape, "seed \(seed): \(text)")
            fingerprints[shape] = value
            shapes[value] = shape
            // The same shape with other values, where these don't run into what stands beside them.
            let other = shape.replacing("Ⓝ", with: "12,345.6").replacing("Ⓠ", with: "\"a 'b' c\"")
            if PlainShape.of(other) == shape {
                compared += 1
                #expect(fingerprint(other) == value, "seed \(seed): \(text) and \(other)")
            }
        }
        #expect(shapes.count > 300)
        #expect(compared > 100)
    }
}

/// A message's shape by the rules as `MessageShape.swift` states them, without a thought for speed: `N` for a
/// number, `Q` for a quoted value, both in circles.
private enum PlainShape {
    static func of(_ text: String) -> String {
        var rest = Substring(text)
        var shape = ""
        func before() -> Character { text[..<rest.startIndex].last ?? " " }
        while let first = rest.first {
            if let space = rest.prefixMatch(of: /[\s]+/) {
                rest = rest[space.range.upperBound...]
                if !shape.isEmpty, !rest.isEmpty { shape += " " }
            } else if let uuid = rest.prefixMatch(
                of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])/)
            {
                rest = rest[uuid.range.upperBound...]
                shape += "Ⓝ"
            } else if let word = rest.prefixMatch(of: /[0-9A-Za-z]+/) {
                let end = word.range.upperBound
                let isHex = word.output.wholeMatch(of: /[0-9a-fA-F]{8,}|0[xX][0-9a-fA-F]+/) != nil
                let kinds = Set(word.output.map(\.isNumber))
                if isHex, kinds.count == 2 {
                    rest = rest[end...]
                    shape += "Ⓝ"
                    continue
                }
                while rest.startIndex < end {
                    if let number = rest.prefixMatch(of: /[0-9]+([.,][0-9]+)*/) {
                        rest = rest[number.range.upperBound...]
                        shape += "Ⓝ"
                    } else {
                        shape.append(rest.removeFirst())
                    }
                }
            } else if !isWord(before()), !"+-".contains(before()),
                let number = rest.prefixMatch(of: /[+-][0-9]+([.,][0-9]+)*/)
            {
                rest = rest[number.range.upperBound...]
                shape += "Ⓝ"
            } else if let end = quoteEnd(rest, in: text) {
                rest = rest[end...]
                shape += "Ⓠ"
            } else {
                shape.append(first)
                rest.removeFirst()
            }
        }
        return shape
    }

    private static func isWord(_ character: Character?) -> Bool {
        character.map { $0.isASCII && ($0.isLetter || $0.isNumber) } ?? false
    }

    private static func quoteEnd(_ rest: Substring, in text: String) -> String.Index? {
        let quote = rest.first!
        guard "'\"`".contains(quote) else { return nil }
        if quote == "'", isWord(text[..<rest.startIndex].last) {
            let before = text[..<rest.startIndex]
            guard "bfruBFRU".contains(before.last!), !isWord(before.dropLast().last) else { return nil }
        }
        for index in rest.indices.dropFirst() {
            if rest[index] == "\n" { return nil }
            guard rest[index] == quote, rest[rest.index(before: index)] != "\\" else { continue }
            let after = rest.index(after: index)
            if quote != "'" || !isWord(rest[after...].first) { return after }
        }
        return nil
    }
}
