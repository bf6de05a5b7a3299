import Foundation
import LogConfiguration
import LogModel
import LogSinks
import LogTesting
import Testing

@testable import hantu

let seoul = try! ZoneLoader(environment: [:]).load("Asia/Seoul")

/// 2026-02-01 12:00:00 in Seoul.
let noon: Int64 = 1_769_914_800

/// A log directory of its own, and what is shown of it.
final class LogTree {
    let directory: TemporaryDirectory
    private let shown = Shown()

    private final class Shown { var bytes: [UInt8] = [] }

    init() throws {
        directory = try TemporaryDirectory()
        for kind in [DailyFileKind.text, .errors] {
            try FileManager.default.createDirectory(
                atPath: directory.file(kind.directory), withIntermediateDirectories: true)
        }
    }

    func path(_ kind: DailyFileKind, _ day: String) -> String {
        directory.path + "/" + DailyFileName(kind: kind, day: CivilDate(compact: day)!).path
    }

    /// Appends to a day's file as the daemon does.
    func append(_ text: String, _ kind: DailyFileKind = .text, day: String) throws {
        try append(bytes: Array(text.utf8), kind, day: day)
    }

    func append(bytes: [UInt8], _ kind: DailyFileKind = .text, day: String) throws {
        let path = path(kind, day)
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let file = FileHandle(forWritingAtPath: path)!
        try file.seekToEnd()
        try file.write(contentsOf: bytes)
        try file.close()
    }

    func log(_ kind: DailyFileKind = .text) -> DailyLog {
        DailyLog(directory: directory.path, kind: kind, zone: seoul)
    }

    var output: Output {
        let shown = shown
        return Output { shown.bytes += $0 }
    }

    /// What was shown since it was last asked.
    func take() -> String {
        defer { shown.bytes = [] }
        return String(decoding: shown.bytes, as: UTF8.self)
    }

    /// The last lines of a kind, as people see them.
    func last(_ query: RecordQuery = RecordQuery(), _ kind: DailyFileKind = .text) -> String {
        let output = output
        _ = log(kind).printLast(query, view(query, kind), output)
        output.flush()
        return take()
    }

    func view(_ query: RecordQuery, _ kind: DailyFileKind) -> any LineView {
        kind == .text
            ? InfoTextView(query: query, zone: seoul, style: .plain)
            : ErrorJSONView(query: query, zone: seoul)
    }
}

func textLine(_ text: String, level: String = "INFO", at time: String = "2026-02-01 12:00:00") -> String {
    "\(time) [\(level)] core.trading: \(text)\n"
}

/// Runs gzip or zstd on a file.
func compress(_ tool: String, _ options: [String], _ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [tool] + options + [path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
}
