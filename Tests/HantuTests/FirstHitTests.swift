import Foundation
import Glibc
import LogSinks
import LogTesting
import Testing

@testable import hantu

/// A hit is shown before what is far behind it, or before it, was read: in each test that is taken away meanwhile.
struct FirstHitTests {
    /// Lines that compress badly.
    private let mebibyte: String = {
        var random = SeededGenerator(seed: 1)
        var text = ""
        while text.utf8.count < 1 << 20 {
            text += textLine(
                (0..<20).map { _ in String(UInt64.random(in: 0 ... .max, using: &random), radix: 36) }
                    .joined())
        }
        return text
    }()

    /// A text file with a hit at its beginning, one at its end, and much between them.
    private func tree() throws -> LogTree {
        let tree = try LogTree()
        try tree.append(textLine("first needle"), day: "20260201")
        for _ in 0..<8 { try tree.append(mebibyte, day: "20260201") }
        try tree.append(textLine("last needle"), day: "20260201")
        return tree
    }

    private func query(_ expression: String, limit: Int = .max) throws -> RecordQuery {
        var query = RecordQuery()
        query.pattern = try SearchPattern(expression)
        query.limit = limit
        return query
    }

    @Test(arguments: ["needle", "(?i)NEEDLE"]) func `in process`(expression: String) throws {
        let tree = try tree()
        let query = try query(expression)
        var shown: [String] = []
        let output = Output {
            if shown.isEmpty { truncate(tree.path(.text, "20260201"), 2 << 20) }
            shown.append(String(decoding: $0, as: UTF8.self))
        }
        let problems = tree.log().printLast(query, tree.view(query, .text), output)
        output.flush()
        #expect(shown == [textLine("first needle")])
        // And what is gone is told, instead of ending the process.
        #expect(
            problems.unreadable.count == 1
                && problems.unreadable[0].contains(String(cString: strerror(ESTALE))))
    }

    @Test func `in a compressed file`() throws {
        let tree = try tree()
        let path = tree.path(.text, "20260201")
        try compress("gzip", ["--fast"], path)
        let query = try query("needle")
        var shown: [String] = []
        let output = Output {
            if shown.isEmpty { truncate(path + ".gz", 100) }
            shown.append(String(decoding: $0, as: UTF8.self))
        }
        _ = tree.log().printLast(query, tree.view(query, .text), output)
        output.flush()
        #expect(shown == [textLine("first needle")])
    }

    @Test func `through a pipe whose reader is slow`() throws {
        let tree = try LogTree()
        // Longer than a pipe holds, so that the command waits for its reader inside this line.
        let long = textLine("first needle " + String(repeating: "x", count: 1 << 20))
        try tree.append(long, day: "20260201")
        for _ in 0..<8 { try tree.append(mebibyte, day: "20260201") }
        try tree.append(textLine("last needle"), day: "20260201")
        let configuration = tree.directory.file("c.yaml")
        try "files: {directory: \"\(tree.directory.path)\", time_zone: Asia/Seoul}".write(
            toFile: configuration, atomically: true, encoding: .utf8)
        let process = try Run.process(
            ["logs", "info", "-n", "all", "--grep", "needle", "--config", configuration])
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let first = try #require(try pipe.fileHandleForReading.read(upToCount: 1))
        truncate(tree.path(.text, "20260201"), 3 << 20)
        let rest = try #require(try pipe.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(String(decoding: first + rest, as: UTF8.self) == long)
        #expect(process.terminationStatus == 1)
    }

    @Test func `the last hits are shown without reading what is before them`() throws {
        let tree = try LogTree()
        // Four tebibytes of nothing, which no search could go through in time.
        let path = tree.path(.text, "20260201")
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        #expect(truncate(path, 4 << 40) == 0)
        try tree.append(
            "\n" + textLine("a needle") + textLine("hay") + textLine("one more needle"), day: "20260201")
        #expect(
            tree.last(try query("needle", limit: 2)) == textLine("a needle") + textLine("one more needle"))
    }
}
