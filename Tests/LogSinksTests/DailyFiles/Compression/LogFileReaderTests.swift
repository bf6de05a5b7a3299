import Foundation
import Glibc
import LogModel
import LogTesting
import Testing

@testable import LogSinks

@Suite struct `The reader of daily files` {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func packed(_ encoder: any StreamEncoder, _ members: [[[UInt8]]]) throws -> [UInt8] {
        var out: [UInt8] = []
        let emit = { (bytes: UnsafeRawBufferPointer) -> Void in out += Array(bytes) }
        for member in members {
            for (index, part) in member.enumerated() {
                try part.withUnsafeBytes {
                    try encoder.encode($0, last: index == member.count - 1, emit: emit)
                }
            }
        }
        return out
    }

    func reader(_ bytes: [UInt8]) throws -> LogFileReader {
        let path = directory.file("file")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try LogFileReader(path: path)
    }

    @Test(arguments: 0..<24) func `gives back what was packed, however it is cut`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let members = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            (0..<Int.random(in: 1...5, using: &random)).map { _ -> [UInt8] in
                let count = Int.random(
                    in: 0...[10, 3000, 80_000].randomElement(using: &random)!, using: &random)
                // Some can be packed well, some not at all.
                let range: ClosedRange<UInt8> = Bool.random(using: &random) ? 0...255 : 97...99
                return (0..<count).map { _ in UInt8.random(in: range, using: &random) }
            }
        }
        let whole = members.flatMap { $0.flatMap { $0 } }
        let step = [7, 4096, 100_000].randomElement(using: &random)!
        for encoder in [GzipEncoder(), ZstdEncoder()] as [any StreamEncoder] {
            let bytes = try packed(encoder, members)
            var reader = try reader(bytes)
            #expect(try readAll(&reader, step: step) == whole, "seed \(seed)")

            // Cut anywhere: what comes is the beginning, and then the truth.
            var short = try self.reader(Array(bytes.prefix(Int.random(in: 5..<bytes.count, using: &random))))
            let (got, error) = drain(&short, step: step)
            #expect(error == .truncated || members.count > 1 && error == nil, "seed \(seed)")
            #expect(whole.starts(with: got), "seed \(seed)")
        }
        var plain = try reader(Array("x".utf8) + whole)
        #expect(try readAll(&plain, step: step).dropFirst() == whole[...])
    }

    @Test(arguments: 0..<200) func `never crashes on damaged bytes`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let encoder: any StreamEncoder = seed % 2 == 0 ? GzipEncoder() : ZstdEncoder()
        var bytes = try packed(encoder, [[(0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }]])
        for _ in 0..<3 {
            bytes[Int.random(in: 4..<bytes.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
        }
        var reader = try reader(bytes)
        do throws(LogFileError) { _ = try readAll(&reader) } catch {
            #expect(error == .damaged || error == .truncated)
        }
    }

    @Test func `reads on where a plain file grew`() throws {
        var reader = try reader(Array("a\n".utf8))
        #expect(try readAll(&reader) == Array("a\n".utf8))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.file("file")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("b\n".utf8))
        #expect(try readAll(&reader) == Array("b\n".utf8))
    }

    @Test func `reads an empty file, and says why it can't read a link or none`() throws {
        var reader = try reader([])
        #expect(try readAll(&reader) == [])
        #expect(throws: LogFileError.system(SystemCallError(code: ENOENT))) {
            try LogFileReader(path: directory.file("none"))
        }
        symlink(directory.file("file"), directory.file("link"))
        #expect(throws: LogFileError.system(SystemCallError(code: ELOOP))) {
            try LogFileReader(path: directory.file("link"))
        }
    }
}
