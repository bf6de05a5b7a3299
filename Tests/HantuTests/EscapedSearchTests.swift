import LogSinks
import Testing

@testable import hantu

/// A search of error files finds a text however JSON writes it.
struct EscapedSearchTests {
    /// Lines whose message or context has the text `a/b "c"`, `주문` or a backslash, and the ways of writing them.
    private static let lines = [
        #"{"level":"ERROR","message":"a/b \"c\" 주문 \\d"}"#,
        #"{"level":"ERROR","message":"a\/b \u0022c\u0022 \uc8fc\ubb38 \u005cd"}"#,
        #"{"level":"ERROR","message":"other","context":{"a/b":"c","n":[1]}}"#,
        #"{"level":"ERROR","message":"other","context":{"k":"a\/b"}}"#,
        #"{"level":"ERROR","message":"nothing of that, d"}"#,
        #"{"level":"ERROR","message":"a\/b alone"}"#,
    ]

    @Test(
        arguments: [
            ("a/b", [0, 1, 2, 5]), ("주문", [0, 1]), (#""c""#, [0, 1, 2]), (#""a/b":"c""#, [2]),
            (#"\\d"#, [0, 1]),
            (#"b "c" 주"#, [0, 1]), ("nothing|a/b", [0, 1, 2, 4, 5]), ("[ㄱ-힣]{2} ", [0, 1]),
            ("d$", [0, 1, 4]),
        ] as [(String, [Int])])
    func `however it is written`(expression: String, found: [Int]) throws {
        let tree = try LogTree()
        try tree.append(EscapedSearchTests.lines.joined(separator: "\n") + "\n", .errors, day: "20260201")
        var query = RecordQuery()
        query.pattern = try SearchPattern(expression)
        #expect(tree.last(query, .errors) == found.map { EscapedSearchTests.lines[$0] + "\n" }.joined())
    }
}
