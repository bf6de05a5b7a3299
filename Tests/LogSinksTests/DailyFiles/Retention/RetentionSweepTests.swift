import Foundation
import Glibc
import LogModel
import LogTesting
import Testing

@testable import LogSinks

@Suite struct `A look through the daily files` {
    let tree: LogTree

    init() throws { tree = try LogTree() }

    @Test func `deletes what is past its time and nothing else`() throws {
        for day in 1...6 {
            try tree.write("info/info_2026020\(day).log")
            try tree.write("errors/error_2026020\(day).json.gz")
        }
        let strangers = [
            "info/info_20260101.log.backup", "info/backup_info_20260101.log", "info/manual_20260101.log",
            "info/error_20260101.json", "errors/info_20260101.log", "info/notes.txt",
            "info/.info_20260101.log",
        ]
        for name in strangers { try tree.write(name) }
        tree.run()
        let kept = (3...6).flatMap { ["info/info_2026020\($0).log", "errors/error_2026020\($0).json.gz"] }
        #expect(tree.names == (kept + strangers).sorted())
        #expect(tree.events.count == 4)
    }

    @Test func `touches nothing but regular files and follows no link`() throws {
        let other = try LogTree()
        try other.write("info/info_20200101.log")
        symlink(other.directory.file("info/info_20200101.log"), tree.directory.file("info/info_20200102.log"))
        mkdir(tree.directory.file("info/info_20200103.log"), 0o755)
        mkfifo(tree.directory.file("info/info_20200104.log"), 0o644)
        rmdir(tree.directory.file("errors"))
        try other.write("errors/error_20200101.json")
        symlink(other.directory.file("errors"), tree.directory.file("errors"))
        tree.run(.gzip)
        #expect(tree.names.filter { $0.hasPrefix("info") }.count == 3)
        #expect(other.names == ["errors/error_20200101.json", "info/info_20200101.log"])
        #expect(tree.events == [.failed("errors", SystemCallError(code: ENOTDIR))])
    }

    @Test func `is fine with directories that don't exist yet`() throws {
        rmdir(tree.directory.file("errors"))
        rmdir(tree.directory.file("info"))
        tree.run(.gzip)
        #expect(tree.events.isEmpty)
    }

    @Test func `frees a full disk of what is past its time, and says whether it did`() throws {
        try tree.write("info/info_20260101.log", "12345")
        try tree.write("info/info_20260204.log")
        #expect(tree.sweep(.gzip).deleteExpired(at: LogTree.noon) == 5)
        #expect(tree.sweep(.gzip).deleteExpired(at: LogTree.noon) == 0)
        #expect(tree.names == ["info/info_20260204.log"])
    }

    @Test(arguments: [(RetentionConfiguration.Compression.gzip, "gz"), (.zstd, "zst")])
    func `compresses closed days`(compression: RetentionConfiguration.Compression, suffix: String) throws {
        let text = (0..<20_000).map { "line \($0) 안녕하세요\n" }.joined()
        try tree.write("info/info_20260204.log", text)
        try tree.write("info/info_20260205.log", "today\n")
        tree.run(compression)
        #expect(tree.names == ["info/info_20260204.log.\(suffix)", "info/info_20260205.log"])
        #expect(try tree.read("info/info_20260204.log.\(suffix)") == text)
        let tool = compression == .gzip ? "gzip" : "zstd"
        #expect(run(tool, "-t", tree.directory.file("info/info_20260204.log.\(suffix)")) == 0)
        guard case .compressed(_, text.utf8.count, let size) = tree.events.first else {
            Issue.record("\(tree.events)")
            return
        }
        #expect(size < text.utf8.count / 4)
    }

    @Test(arguments: [(RetentionConfiguration.Compression.gzip, "gz"), (.zstd, "zst")])
    func `adds late records to what is compressed, in its format`(
        compression: RetentionConfiguration.Compression, suffix: String
    ) throws {
        try tree.write("errors/error_20260204.json", "{1}\n")
        tree.run(compression)
        for (late, configured) in [("{2}\n", compression), ("{3}\n", compression == .gzip ? .zstd : .gzip)] {
            try tree.write("errors/error_20260204.json", late)
            tree.run(configured)
        }
        #expect(tree.names == ["errors/error_20260204.json.\(suffix)"])
        #expect(try tree.read(tree.names[0]) == "{1}\n{2}\n{3}\n")
    }

    @Test func `leaves a file for the next time that grew while it was packed`() throws {
        try tree.write("info/info_20260204.log", "a\n")
        tree.run(.gzip, closing: { [tree] in try? tree.write("info/info_20260204.log", "a\nlate\n") })
        #expect(tree.names == ["info/info_20260204.log"])
        tree.run(.gzip)
        #expect(try tree.read("info/info_20260204.log.gz") == "a\nlate\n")
    }

    @Test func `breaks off cleanly when the daemon ends`() throws {
        try tree.write("info/info_20260204.log", "a\n")
        tree.run(.gzip, shouldStop: { true })
        #expect(tree.names == ["info/info_20260204.log"])
    }

    /// The states that a crash behind each step leaves; `DayCompressor` numbers them.
    @Test(arguments: 1...3) func `goes on from wherever a crash interrupted it`(step: Int) throws {
        let plain = "info/info_20260204.log"
        try tree.write(plain, "first\n")
        tree.run(.gzip)
        try tree.write(plain, "late\n")
        // The archive with the late record in it, as step 1 would make it.
        let other = try LogTree()
        try other.write(plain, "first\nlate\n")
        other.run(.gzip)
        let packed = try Data(contentsOf: URL(fileURLWithPath: other.directory.file(plain + ".gz")))
        func file(_ name: String) -> URL { URL(fileURLWithPath: tree.directory.file("info/" + name)) }
        try packed.write(to: file(step < 3 ? ".info_20260204.log.gz.new" : "info_20260204.log.gz"))
        if step == 1 { try Data(packed.prefix(9)).write(to: file(".info_20260204.log.gz.new")) }
        if step > 1 { rename(file("info_20260204.log").path, file(".info_20260204.log.closed").path) }

        tree.run(.gzip)
        #expect(tree.names == [plain + ".gz"])
        #expect(try tree.read(plain + ".gz") == "first\nlate\n")
    }

    @Test func `starts over with a half archive of a first compression`() throws {
        try tree.write("info/info_20260204.log", "a\n")
        try tree.write("info/.info_20260204.log.zst.new", "rubbish")
        tree.run(.none)
        #expect(tree.names == ["info/info_20260204.log"])
    }
}

/// Exit status of a command.
func run(_ arguments: String...) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    do { try process.run() } catch { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
}
