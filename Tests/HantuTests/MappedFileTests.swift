import Foundation
import Glibc
import LogModel
import LogTesting
import Testing

@testable import hantu

struct MappedFileTests {
    private static let page = sysconf(Int32(_SC_PAGESIZE))

    private func file(_ count: Int, in directory: TemporaryDirectory) throws -> String {
        let path = directory.file("file-\(count)")
        try Data(repeating: 0x61, count: count).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: [0, 1, page - 1, page, page + 1, 3 * page, 5 << 20, (4 << 20) + 1])
    func `what is there can be read, and the slack behind it`(count: Int) throws {
        let directory = try TemporaryDirectory()
        let file = try PlainFile(file(count, in: directory))
        let mapped = try MappedFile(file, upTo: count)
        #expect(mapped.bytes.count == count && mapped.bytes.allSatisfy { $0 == 0x61 })
        let behind = UnsafeBufferPointer(start: mapped.bytes.baseAddress! + count, count: OutputBuffer.slack)
        #expect(behind.allSatisfy { $0 == 0 })
        mapped.release(0..<count)
        #expect(mapped.bytes.allSatisfy { $0 == 0x61 })
        try mapped.check(file)
    }

    @Test func `what was cut off reads as zeros and is told, and other files are untouched`() throws {
        let directory = try TemporaryDirectory()
        let path = try file(4 * MappedFileTests.page, in: directory)
        let other = try PlainFile(file(2 * MappedFileTests.page, in: directory))
        let cut = try PlainFile(path)
        let mapped = try MappedFile(cut, upTo: cut.size)
        let whole = try MappedFile(other, upTo: other.size)
        #expect(truncate(path, off_t(MappedFileTests.page)) == 0)
        #expect(mapped.bytes[..<MappedFileTests.page].allSatisfy { $0 == 0x61 })
        try mapped.check(cut)
        #expect(mapped.bytes[MappedFileTests.page...].allSatisfy { $0 == 0 })
        do throws(PlainFile.Failure) {
            try mapped.check(cut)
            Issue.record("nothing is told")
        } catch { #expect(error.number == ESTALE) }
        #expect(whole.bytes.allSatisfy { $0 == 0x61 })
        try whole.check(other)
    }
}
