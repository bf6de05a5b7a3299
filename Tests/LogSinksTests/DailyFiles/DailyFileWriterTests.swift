import Foundation
import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `The writer of daily files` {
    let directory: TemporaryDirectory
    let shown = Shown()
    let day = CivilDate(year: 2026, month: 2, day: 1)!

    final class Shown: Sendable {
        let text = Mutex("")
        let progress = Mutex<[UInt64]>([])
        let events = Mutex<[DailyFileEvent]>([])
    }

    init() throws { directory = try TemporaryDirectory() }

    func writer(
        at path: String? = nil, fileSystem: any FileSystem = KernelFileSystem(),
        reclaim: @escaping @Sendable () -> Bool = { false }, patience: Duration = .milliseconds(15)
    ) -> DailyFileWriter {
        var configuration = FilesConfiguration()
        configuration.directory = path ?? directory.file("deep/logs")
        return DailyFileWriter(
            configuration: configuration, clock: ManualClock(), fileSystem: fileSystem,
            standardError: { [shown] _, bytes, _ in
                shown.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }, reclaim: reclaim, events: { [shown] event in shown.events.withLock { $0.append(event) } },
            progress: { [shown] ticket in shown.progress.withLock { $0.append(ticket) } }, patience: patience)
    }

    /// The sizes of the writes that reach the disk.
    func watched(_ disk: ScriptedFileSystem) -> Sizes {
        let sizes = Sizes()
        disk.onWrite {
            [sizes] wanted in
            sizes.all.withLock { $0.append(wanted) }
            return .takes(wanted)
        }
        return sizes
    }

    final class Sizes: Sendable {
        let all = Mutex<[Int]>([])
    }

    func flushed(_ writer: DailyFileWriter) async {
        await withCheckedContinuation { continuation in writer.flush { continuation.resume() } }
    }

    func mode(_ path: String) -> mode_t {
        var status = stat()
        lstat(path, &status)
        return status.st_mode & 0o7777
    }

    @Test func `makes directories and files that others can't read`() async throws {
        let writer = writer()
        writer.submit(chunk("안녕", day: day))
        writer.submit(chunk("{}", kind: .errors, day: day))
        #expect(await writer.stop(within: .seconds(10)))
        let text = directory.file("deep/logs/info/info_20260201.log")
        #expect(try String(contentsOfFile: text, encoding: .utf8) == "안녕\n")
        #expect(
            try String(
                contentsOfFile: directory.file("deep/logs/errors/error_20260201.json"), encoding: .utf8)
                == "{}\n")
        #expect(mode(text) & 0o7137 == 0 && mode(text) & 0o600 == 0o600)
        for path in ["deep", "deep/logs", "deep/logs/info", "deep/logs/errors"] {
            #expect(mode(directory.file(path)) & 0o027 == 0)
        }
    }

    @Test func `writes what nobody waits for together, once it is much or somebody does`() async {
        let disk = ScriptedFileSystem()
        let sizes = watched(disk)
        let writer = writer(at: "/logs", fileSystem: disk, patience: .seconds(3600))
        let line = String(repeating: "x", count: 99_999)
        for _ in 0..<3 { writer.submit(chunk(line, day: day), mayWait: true) }
        await room(in: writer, below: 1)
        #expect(sizes.all.withLock { $0 } == [300_000])

        for _ in 0..<2 { writer.submit(chunk(line, day: day), mayWait: true) }
        writer.hurry()
        await room(in: writer, below: 1)
        #expect(sizes.all.withLock { $0 } == [300_000, 200_000])

        writer.submit(chunk(line, day: day), mayWait: true)
        writer.submit(chunk(line, day: day))
        await room(in: writer, below: 1)
        #expect(sizes.all.withLock { $0 } == [300_000, 200_000, 200_000])

        writer.submit(chunk(line, day: day), mayWait: true)
        #expect(await writer.stop(within: .seconds(10)))
        #expect(sizes.all.withLock { $0 } == [300_000, 200_000, 200_000, 100_000])
        let progress = shown.progress.withLock { $0 }
        #expect(progress == progress.sorted() && progress.last == 9)
    }

    @Test func `writes what nobody waits for soon`() async {
        let disk = ScriptedFileSystem()
        let writer = writer(at: "/logs", fileSystem: disk, patience: .milliseconds(1))
        writer.submit(chunk("a", day: day), mayWait: true)
        await room(in: writer, below: 1)
        #expect(disk.text("/logs/info/info_20260201.log") == "a\n")
        _ = await writer.stop(within: .seconds(10))
    }

    func room(in writer: DailyFileWriter, below bytes: Int) async {
        await withCheckedContinuation { continuation in
            writer.onRoom(below: bytes) { continuation.resume() }
        }
    }

    @Test func `hands out rising tickets and reports the last one of all that is written`() async {
        let writer = writer()
        let tickets = (0..<500).map { writer.submit(chunk("\($0)", day: day)) }
        #expect(tickets == (1...500).map { UInt64($0) })
        await flushed(writer)
        #expect(writer.queuedBytes == 0)
        _ = await writer.stop(within: .seconds(10))
        let progress = shown.progress.withLock { $0 }
        #expect(progress == progress.sorted() && progress.last == 501)
        #expect(writer.submit(chunk("late", day: day)) == nil)
    }

    @Test func `never writes through a symbolic link`() async throws {
        let victim = directory.file("victim")
        try "".write(toFile: victim, atomically: true, encoding: .utf8)
        mkdir(directory.file("info"), 0o750)
        symlink(victim, directory.file("info/info_20260201.log"))
        let writer = writer(at: directory.path)
        writer.submit(chunk("x", day: day))
        _ = await writer.stop(within: .seconds(10))
        #expect(try String(contentsOfFile: victim, encoding: .utf8).isEmpty)
        #expect(shown.text.withLock { $0 } == "x\n")
    }

    @Test func `takes no pipe for a file`() async {
        mkdir(directory.file("info"), 0o750)
        mkfifo(directory.file("info/info_20260201.log"), 0o600)
        let writer = writer(at: directory.path)
        writer.submit(chunk("x", day: day))
        #expect(await writer.stop(within: .seconds(10)))
        #expect(shown.text.withLock { $0 } == "x\n")
    }

    @Test func `calls for more when there is room again`() async {
        let gate = DispatchSemaphore(value: 0)
        let disk = ScriptedFileSystem()
        let arrived = Mutex(false)
        disk.onWrite {
            gate.wait()
            return .takes($0)
        }
        let writer = writer(at: "/logs", fileSystem: disk)
        writer.submit(chunk(String(repeating: "x", count: 999), day: day))
        #expect(writer.queuedBytes == 1000)
        await withCheckedContinuation { continuation in
            writer.onRoom(below: 500) {
                arrived.withLock { $0 = true }
                continuation.resume()
            }
            #expect(!arrived.withLock { $0 })
            gate.signal()
        }
        #expect(writer.queuedBytes == 0)
        #expect(await writer.stop(within: .seconds(10)))
    }

    @Test func `is left behind at the end where the disk hangs`() async {
        let gate = DispatchSemaphore(value: 0)
        let disk = ScriptedFileSystem()
        disk.onWrite {
            gate.wait()
            return .takes($0)
        }
        let writer = writer(at: "/logs", fileSystem: disk)
        writer.submit(chunk("x", day: day))
        #expect(await writer.stop(within: .milliseconds(50)) == false)
        gate.signal()
    }

    @Test func `keeps every line of many threads that submit at once`() async throws {
        let writer = writer()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 0..<2000 { writer.submit(chunk("\(thread) \(number)", day: day)) }
        }
        _ = await writer.stop(within: .seconds(20))
        let text = try String(
            contentsOfFile: directory.file("deep/logs/info/info_20260201.log"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 8000)
        for thread in 0..<4 {
            let own = lines.filter { $0.hasPrefix("\(thread) ") }.map { Int($0.dropFirst(2))! }
            #expect(own == Array(0..<2000))
        }
    }
}
