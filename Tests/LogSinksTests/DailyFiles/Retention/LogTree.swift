import Foundation
import LogModel
import LogTesting
import Synchronization

@testable import LogSinks

/// A log directory on the real disk, with what a sweep through it told.
final class LogTree: Sendable {
    let directory: TemporaryDirectory
    let told = Mutex<[RetentionEvent]>([])
    /// 2026-02-05T12:00:00Z.
    static let noon: Int64 = 1_770_292_800

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["info", "errors"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: true)
        }
    }

    func write(_ path: String, _ text: String = "x\n") throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.file(path)))
    }

    func read(_ path: String) throws -> String {
        var reader = try LogFileReader(path: directory.file(path))
        return String(decoding: try readAll(&reader), as: UTF8.self)
    }

    /// Names in both directories, sorted.
    var names: [String] {
        ["info", "errors"].flatMap { kind in
            ((try? FileManager.default.contentsOfDirectory(atPath: directory.file(kind))) ?? []).map {
                kind + "/" + $0
            }
        }.sorted()
    }

    func sweep(_ compress: RetentionConfiguration.Compression = .none) -> RetentionSweep {
        var configuration = RetentionConfiguration()
        configuration.compress = compress
        return RetentionSweep(
            directory: directory.path, zone: .utc, configuration: configuration,
            events: { event in self.told.withLock { $0.append(event) } })
    }

    /// A whole check at noon; `closing` is called where the writer would close the file.
    func run(
        _ compress: RetentionConfiguration.Compression = .none, shouldStop: () -> Bool = { false },
        closing: @escaping @Sendable () -> Void = {}
    ) {
        sweep(compress).run(
            at: LogTree.noon,
            whileClosed: { _, _, body in
                closing()
                body()
                return true
            }, shouldStop: shouldStop)
    }

    var events: [RetentionEvent] { told.withLock { $0 } }
}

func readAll(_ reader: inout LogFileReader, step: Int = 1 << 16) throws(LogFileError) -> [UInt8] {
    let (bytes, error) = drain(&reader, step: step)
    if let error { throw error }
    return bytes
}

/// All that can be read, in steps, and what ended it.
func drain(_ reader: inout LogFileReader, step: Int) -> ([UInt8], LogFileError?) {
    var all: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 1)
    defer { buffer.deallocate() }
    do throws(LogFileError) {
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { return (all, nil) }
            all += buffer[..<count]
        }
    } catch { return (all, error) }
}
