import Foundation
import LogModel
import LogStore
import LogTesting
import Testing

/// Commands that look at logs, on the files in `logs` beside a store with the same errors.
struct CLITranscriptTests {
    @Test func `the transcripts are found`() { #expect(Transcript.names().count >= 27) }

    @Test(arguments: Transcript.names())
    func `a command prints what its transcript says`(name: String) throws {
        let scratch = try TemporaryDirectory()
        let configuration = scratch.file("hantu-logd.yaml")
        try """
        files: {directory: "\(Transcript.directory.path)/logs", time_zone: Asia/Seoul}
        spool: {directory: "\(scratch.path)"}
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try fillErrorStore(in: scratch.path)
        try Transcript(name).check { prompt in
            try Transcript.run(prompt, config: configuration)
                .replacing(Transcript.directory.path, with: "DIR")
        }
    }
}

/// Makes an error store with the records of the error files, the first of them resolved.
func fillErrorStore(in path: String) throws {
    let clock = ManualClock(seconds: noon + 7200)
    let store = EmbeddedStore(path: path + "/errors.db", access: .own, clock: clock)
    try store.prepare()
    for day in ["20260131", "20260201"] {
        let file = Transcript.directory.appending(path: "logs/errors/error_\(day).json")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        _ = try store.insert(lines.compactMap { LogRecord(wireBytes: $0.utf8) })
    }
    clock.advance(seconds: 3600)
    _ = try store.resolve([1], note: "재시도로 해결")
}
