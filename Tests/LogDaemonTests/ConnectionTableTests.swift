import Glibc
import LogPipeline
import Testing

@testable import LogDaemon

/// What the next daemon finds out about connections (contract section 7, restart).
@Suite struct ConnectionTableTests {
    /// As another process sees it.
    private func reopened(_ table: ConnectionTable) throws -> ConnectionTable {
        try #require(ConnectionTable(passed: dup(table.descriptor)))
    }

    @Test func `another process reads what was written`() throws {
        let table = try #require(ConnectionTable())
        var state = ConnectionState(
            service: "주문-서비스", sawLine: true, saidHello: true, acknowledges: true, unanswered: 3)
        table.write(state, to: 0)
        state.halfLine = LineFramer.HalfLine(bytes: Array("half".utf8), lost: 7, lostEndsInReturn: true)
        table.write(state, to: 511)
        let other = try reopened(table)
        #expect(other.read(511) == state)
        state.halfLine = nil
        #expect(other.read(0) == state)
        #expect(other.read(1) == nil)
    }

    @Test func `how a read ends is noted without the rest`() throws {
        let table = try #require(ConnectionTable())
        table.write(ConnectionState(service: "s", sawLine: true, saidHello: true), to: 3)
        table.noteRead(endsAmidLine: true, isUnsettled: false, in: 3)
        #expect(
            try reopened(table).read(3)
                == ConnectionState(service: "s", sawLine: true, saidHello: true, endsAmidLine: true))
        table.noteRead(endsAmidLine: false, isUnsettled: true, in: 3)
        #expect(
            table.read(3)
                == ConnectionState(service: "s", sawLine: true, saidHello: true, isUnsettled: true))
    }

    @Test func `what hellos wait for an answer is noted without the rest`() throws {
        let table = try #require(ConnectionTable())
        table.write(ConnectionState(service: "s", acknowledges: true), to: 3)
        table.note(unanswered: 2, in: 3)
        table.noteRead(endsAmidLine: true, isUnsettled: false, in: 3)
        #expect(
            try reopened(table).read(3)
                == ConnectionState(service: "s", acknowledges: true, endsAmidLine: true, unanswered: 2))
        table.write(ConnectionState(service: "another"), to: 3)
        #expect(table.read(3)?.unanswered == 0)
    }

    @Test func `half-read lines are forgotten once they are taken`() throws {
        let table = try #require(ConnectionTable())
        let bytes = [UInt8](repeating: 120, count: 1 << 20)
        table.write(ConnectionState(service: "s", halfLine: LineFramer.HalfLine(bytes: bytes)), to: 9)
        let other = try reopened(table)
        #expect(other.read(9)?.halfLine?.bytes == bytes)
        other.forgetHalfLines()
        #expect(other.read(9) == ConnectionState(service: "s"))
        var status = stat()
        fstat(other.descriptor, &status)
        #expect(status.st_size == 512 * 513)
    }

    @Test func `a file of another format is none`() throws {
        let table = try #require(ConnectionTable())
        pwrite(table.descriptor, "hantu-logd connections 9", 24, 0)
        #expect(ConnectionTable(passed: table.descriptor) == nil)
        ftruncate(table.descriptor, 100)
        #expect(ConnectionTable(passed: dup(table.descriptor)) == nil)
    }

    @Test func `the longest name that fits comes back whole`() throws {
        let table = try #require(ConnectionTable())
        let name = String(repeating: "n", count: 480)
        #expect(ConnectionTable.holds(name) && !ConnectionTable.holds(name + "n"))
        table.write(ConnectionState(service: name), to: 4)
        table.write(ConnectionState(service: "next"), to: 5)
        #expect(table.read(4)?.service == name && table.read(5)?.service == "next")
    }
}
