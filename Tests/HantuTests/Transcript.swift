import Foundation
import LogTesting
import Testing

/// A golden file: what somebody saw at a prompt, a `$ …` line before each command's output and `? STATUS` behind it.
struct Transcript {
    static let directory = projectRoot.appending(path: "Tests/CLITranscripts")

    let file: URL
    let text: String

    init(_ name: String) throws {
        file = Transcript.directory.appending(path: name)
        text = try String(contentsOf: file, encoding: .utf8)
    }

    /// The names of those in a folder, which begin with it.
    static func names(in folder: String = "") -> [String] {
        let path = directory.appending(path: folder).path
        return try! FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(".expected") }.sorted().map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }

    /// The lines at which something was typed.
    var prompts: [String] { text.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map(String.init) }

    /// Holds what is seen at each prompt against the file; writes it there instead, where that is asked for.
    func check(_ answer: (_ prompt: String) throws -> String) throws {
        let actual = try prompts.map { "\($0)\n" + (try answer($0)) }.joined()
        if ProcessInfo.processInfo.environment["HANTU_WRITE_TRANSCRIPTS"] != nil {
            try actual.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(actual == text)
    }

    /// Runs the command of a prompt with this configuration, and says what it printed and how it ended.
    static func run(_ prompt: String, config: String) throws -> String {
        let run = try Run(words(of: prompt).dropFirst(2) + ["--config", config])
        var result = run.output
        for line in run.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            result += "! \(line)\n"
        }
        return result + "? \(run.status)\n"
    }

    /// The words of a line as a shell takes it apart, which knows single quotes only.
    private static func words(of prompt: String) -> [String] {
        prompt.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }
}
