import Foundation
import LogModel
import LogSinks
import LogTesting
import Testing

@testable import hantu

struct LastLinesTests {
    @Test func `the last lines of several days come oldest first`() throws {
        let tree = try LogTree()
        for day in ["20260130", "20260131", "20260201"] { try tree.append("\(day) a\n\(day) b\n", day: day) }
        var query = RecordQuery()
        query.limit = 3
        #expect(tree.last(query) == "20260131 b\n20260201 a\n20260201 b\n")
        query.limit = 0
        #expect(tree.last(query) == "")
    }

    @Test func `all lines are those of every day, up to where they are asked for`() throws {
        let tree = try LogTree()
        for day in ["20260131", "20260201"] { try tree.append("\(day) a\n\n\(day) b\n", day: day) }
        try compress("gzip", [], tree.path(.text, "20260131"))
        var query = RecordQuery()
        query.limit = .max
        #expect(tree.last(query) == "20260131 a\n20260131 b\n20260201 a\n20260201 b\n")
        let output = tree.output
        _ = tree.log().printLast(
            query, tree.view(query, .text), output, upTo: [CivilDate(compact: "20260201")!: 11])
        output.flush()
        #expect(tree.take() == "20260131 a\n20260131 b\n20260201 a\n")
    }

    @Test(arguments: [nil, "ab"]) func `what was gone over is told`(text: String?) throws {
        let tree = try LogTree()
        try tree.append(String(repeating: "abcdefg\n", count: 100_000), day: "20260201")
        var query = RecordQuery()
        query.minimumLevel = .error
        query.pattern = try text.map { text throws(SearchPattern.Fault) in try SearchPattern(text) }
        var problems = ReadProblems()
        var searched = 0
        _ = LineChoice.last(
            10, in: tree.path(.text, "20260201"), .none, upTo: nil, tree.view(query, .text), &problems
        ) { searched += $0 }
        #expect(searched == 800_000)
    }

    @Test func `a last line without its newline is shown too`() throws {
        let tree = try LogTree()
        try tree.append("a\n\n\nb", day: "20260201")
        #expect(tree.last() == "a\nb\n")
    }

    @Test func `what was cut into lines backwards is what was written`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(state: seed)
        for _ in 0..<20 {
            let tree = try LogTree()
            var lines: [String] = []
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                // Some longer than a block, some that end just where one does.
                let length =
                    [1, 7, 100, BackwardLines.blockSize - 1, BackwardLines.blockSize, 600_000].randomElement(
                        using: &random)!
                lines.append(String(repeating: "abcdefghij".randomElement(using: &random)!, count: length))
            }
            let text = lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
            try tree.append(text, day: "20260201")
            #expect(tree.last() == lines.suffix(50).joined(separator: "\n") + "\n", "seed \(seed)")
        }
    }

    @Test func `compressed days are read like the others`() throws {
        let tree = try LogTree()
        try tree.append("z1\nz2\n", day: "20260130")
        try tree.append("g1\ng2\ng3\n", day: "20260131")
        try tree.append("p1\n", day: "20260201")
        try compress("zstd", ["-q", "--rm"], tree.path(.text, "20260130"))
        try compress("gzip", [], tree.path(.text, "20260131"))
        #expect(tree.last() == "z1\nz2\ng1\ng2\ng3\np1\n")
        var query = RecordQuery()
        query.limit = 3
        #expect(tree.last(query) == "g2\ng3\np1\n")
    }

    @Test func `a damaged compressed day is told and hides no other`() throws {
        let tree = try LogTree()
        try tree.append("p1\n", day: "20260201")
        try Data([0x1f, 0x8b, 8, 0, 0]).write(to: URL(filePath: tree.path(.text, "20260131") + ".gz"))
        let output = tree.output
        let query = RecordQuery()
        let problems = tree.log().printLast(query, tree.view(query, .text), output)
        output.flush()
        #expect(tree.take() == "p1\n")
        #expect(problems.unreadable.count == 1)
    }

    @Test func `while a day is being compressed its plain file counts`() throws {
        let tree = try LogTree()
        try tree.append("whole\n", day: "20260201")
        try Data([0x1f, 0x8b]).write(to: URL(filePath: tree.path(.text, "20260201") + ".gz"))
        #expect(tree.last() == "whole\n")
    }

    @Test func `names of others, links and pipes are left alone`() throws {
        let tree = try LogTree()
        try tree.append("mine\n", day: "20260201")
        let files = FileManager.default
        try "no\n".write(
            toFile: tree.directory.file("info/info_20260131_backup.log"), atomically: true, encoding: .utf8)
        try "no\n".write(toFile: tree.directory.file("elsewhere"), atomically: true, encoding: .utf8)
        try files.createSymbolicLink(
            atPath: tree.path(.text, "20260130"), withDestinationPath: tree.directory.file("elsewhere"))
        #expect(mkfifo(tree.path(.text, "20260129"), 0o600) == 0)
        #expect(tree.last() == "mine\n")
    }

    @Test func `dates rule files out before they are opened`() throws {
        let tree = try LogTree()
        try tree.append(textLine("old", at: "2026-01-30 12:00:00"), day: "20260130")
        try tree.append(textLine("new"), day: "20260201")
        var query = RecordQuery()
        query.since = Timestamp(seconds: noon - 3600)
        #expect(!query.canBeOn(CivilDate(compact: "20260131")!, zone: seoul))
        #expect(query.canBeOn(CivilDate(compact: "20260201")!, zone: seoul))
        #expect(tree.last(query) == textLine("new"))
        query.since = nil
        query.date = CivilDate(compact: "20260130")
        #expect(tree.last(query) == textLine("old", at: "2026-01-30 12:00:00"))
    }

    @Test func `a missing directory is nothing found`() throws {
        let log = DailyLog(directory: "/nonexistent", kind: .text, zone: seoul)
        #expect(try log.files() == [])
    }
}

/// A generator that gives the same numbers for the same seed (splitmix64).
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
