import Foundation
import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `On a disk that is full` {
    /// A file system of 256 KiB in memory; nil, and a line that says so, where this user can't mount one.
    final class SmallDisk {
        let directory: TemporaryDirectory

        init?() throws {
            directory = try TemporaryDirectory()
            guard geteuid() == 0,
                SmallDisk.run("mount", "-t", "tmpfs", "-o", "size=256k", "none", directory.path)
            else {
                print("SKIPPED: a small tmpfs can only be mounted by root")
                return nil
            }
        }

        deinit { _ = SmallDisk.run("umount", directory.path) }

        static func run(_ arguments: String...) -> Bool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }

    @Test func `lines go to stderr, none is lost or cut, and it is over when there is room`() throws {
        guard let disk = try SmallDisk() else { return }
        let fixture = DailyFileFixture()
        var configuration = FilesConfiguration()
        configuration.directory = disk.directory.path
        let files = DailyFileSet(
            configuration: configuration, clock: fixture.clock, fileSystem: KernelFileSystem(),
            standardError: { _, bytes, kept in
                fixture.shown.withLock { $0.append((String(decoding: bytes, as: UTF8.self), kept)) }
            }, reclaim: { false }, events: { event in fixture.told.withLock { $0.append(event) } })
        let ballast = disk.directory.file("ballast")
        try Data(count: 100_000).write(to: URL(fileURLWithPath: ballast))

        var expected: [String] = []
        for round in 0..<40 {
            let lines = (0..<10).map { "\(round) \($0) " + String(repeating: "x", count: 1000) }
            expected += lines
            files.write([chunk(lines, kind: .text, day: DailyFileFixture.today)])
            files.write([chunk("{\(round)}", kind: .errors)])
            if round == 30 {
                #expect(fixture.events.contains { if case .diskFull(.text, _) = $0 { true } else { false } })
                unlink(ballast)
                fixture.clock.advance(seconds: 60)
            }
        }
        files.finish()
        #expect(fixture.events.contains(.recovered(.text)))

        func lines(_ path: String) throws -> [Substring] {
            try String(contentsOfFile: disk.directory.path + path, encoding: .utf8).split(separator: "\n")
        }
        let text = try lines("/info/info_\(DailyFileFixture.today.compact).log")
        let shown = fixture.shown.withLock { $0.filter { !$0.kept }.map(\.text).joined() }.split(
            separator: "\n")
        #expect(!text.isEmpty && !shown.isEmpty)
        #expect((text + shown).map(String.init).sorted() == expected.sorted())
        #expect(
            try lines("/errors/error_\(DailyFileFixture.today.compact).json").map(String.init)
                == (0..<40).map { "{\($0)}" })
    }
}
