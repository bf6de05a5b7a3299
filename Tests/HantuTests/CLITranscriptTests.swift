import Foundation
import LogModel
import LogStore
import LogTesting
import Testing

private let directory = projectRoot.appending(path: "Tests/CLITranscripts")

private let transcripts = try! FileManager.default.contentsOfDirectory(atPath: directory.path)
    .filter { $0.hasSuffix(".expected") }.sorted()

struct CLITranscriptTests {
    @Test func `the transcripts are found`() { #expect(transcripts.count >= 27) }

    @Test(arguments: transcripts)
    func `a command prints what its transcript says`(name: String) throws {
        let file = directory.appending(path: name)
        let expected = try String(contentsOf: file, encoding: .utf8)
        let prompt = String(expected.prefix { $0 != "\n" })
        let actual = try transcript(of: prompt)
        if ProcessInfo.processInfo.environment["HANTU_WRITE_TRANSCRIPTS"] != nil {
            try actual.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(actual == expected)
    }

    private func transcript(of prompt: String) throws -> String {
        let scratch = try TemporaryDirectory()
        let configuration = scratch.file("hantu-logd.yaml")
        try """
        files: {directory: "\(directory.appending(path: "logs").path)", time_zone: Asia/Seoul}
        spool: {directory: "\(scratch.path)"}
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try fillStore(in: scratch.path)
        let words = words(of: prompt).dropFirst(2)
        let run = try Run(words + ["--config", configuration])
        var result = prompt + "\n" + run.output
        for line in run.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            result += "! \(line)\n"
        }
        return result.replacing(directory.path, with: "DIR") + "? \(run.status)\n"
    }

    /// An error store with the records of the error files, the first of them resolved.
    private func fillStore(in path: String) throws {
        let clock = ManualClock(seconds: noon + 7200)
        let store = EmbeddedStore(path: path + "/errors.db", access: .own, clock: clock)
        try store.prepare()
        for day in ["20260131", "20260201"] {
            let file = directory.appending(path: "logs/errors/error_\(day).json")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            _ = try store.insert(lines.compactMap { LogRecord(wireBytes: $0.utf8) })
        }
        clock.advance(seconds: 3600)
        _ = try store.resolve([1], note: "재시도로 해결")
    }

    /// The words of a line as a shell takes it apart, which knows single quotes only.
    private func words(of prompt: String) -> [String] {
        prompt.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }
}
