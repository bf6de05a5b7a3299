import LogModel
import LogSinks
import Testing

@testable import hantu

/// A search looks only at lines that could match, and finds what looking at all of them would find.
struct SearchTests {
    @Test(
        arguments: [
            ("주문.*실패", "주문"), ("abc|def", "abc,def"), ("abc|d", nil), ("ab|ab", "ab"),
            ("ab.*cde|(x|y)fg", "cde,fg"), ("abc|", nil),
            ("ab|bc|cd|de|ef|fg|gh|hi", "ab,bc,cd,de,ef,fg,gh,hi"), ("ab|bc|cd|de|ef|fg|gh|hi|ij", nil),
            ("(ab|cd", nil),
            ("ab)|cd", nil), ("needle-[a-z]+ [0-9]{4}", "needle-"), ("colou?r", "colo"),
            ("ab+c", "ab"), ("(abc|de)fgh", "fgh"), ("(?:abc)de", "de"), ("(?i)abc", nil), ("(*UCP)abc", nil),
            ("ab{0}cd", "cd"), ("ab{2,}", nil), ("a{b", nil), (#"a\.b\[c"#, "a.b[c"), (#"\Qa.b\E"#, nil),
            (#"\x41bcd"#, nil),
            (#"\d+ ms"#, " ms"), (#"(\w)\1abc"#, nil), ("[]ab]cd", "cd"), ("[^]]xy[z", nil),
            ("[[:alpha:]]xy", nil),
            ("가나?다라", "다라"), ("^ab$", "ab"), (".", nil), ("", nil), ("ab)", nil), ("x*+yz", "yz"),
            ("ab?+cd", "cd"),
        ] as [(String, String?)])
    func `what every match must hold is known or left open`(expression: String, required: String?) {
        let found = RequiredText.of(expression)?.map { String(decoding: $0, as: UTF8.self) }
        #expect(found?.joined(separator: ",") == required)
    }

    /// Pieces of expressions and of lines in which they may match.
    private static let pieces = ["ab", "주문", "x", " ", "7", "-", "실패", "needle"]
    private static let expressions = [
        "ab", "주문.*실패", "x7+-", "(ab|x)needle", "needle[ 7]", "실패$", "^ab", "ab?주문", "7{2}", #"\d-"#, "없음",
        "b 7|실패7", "needle|실패", "xab|주문주문|7-7|없음",
    ]

    @Test func `a search finds what looking at every line finds`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(state: seed)
        for _ in 0..<3 {
            let tree = try LogTree()
            var lines: [String] = []
            for _ in 0..<200 {
                var line = ""
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    line += SearchTests.pieces.randomElement(using: &random)!
                }
                // Some lie across two blocks or fill several.
                if Int.random(in: 0..<70, using: &random) == 0 {
                    let length = [
                        FileSearch.runs.first - 1, FileSearch.runs.first, FileSearch.runs.first * 2,
                    ]
                    .randomElement(
                        using: &random)!
                    line +=
                        String(repeating: "z", count: length) + SearchTests.pieces.randomElement(
                            using: &random)!
                }
                lines.append(line)
            }
            try tree.append(
                lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : ""), day: "20260201")
            for expression in SearchTests.expressions {
                let pattern = try SearchPattern(expression)
                var query = RecordQuery()
                query.pattern = pattern
                query.limit = Int.random(in: 1...300, using: &random)
                let whole = try Regex(expression)
                let wanted = lines.filter { $0.firstMatch(of: whole) != nil }.suffix(query.limit)
                #expect(
                    tree.last(query) == wanted.map { $0 + "\n" }.joined(),
                    "seed \(seed), expression \(expression)")
            }
        }
    }
}
