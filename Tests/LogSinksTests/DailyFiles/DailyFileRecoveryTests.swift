import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `A daily file whose write failed` {
    let fixture = DailyFileFixture()
    let text = DailyFileFixture.textPath
    var disk: ScriptedFileSystem { fixture.fileSystem }

    @Test func `is not recovered from a failed write before one succeeds`() {
        let files = fixture.make()
        disk.onWrite { _ in .fails(EIO) }
        files.write([chunk("a")])
        disk.onWrite { .takes($0) }
        let told = fixture.events.count
        for _ in 0..<3 {
            fixture.clock.advance(seconds: 30)
            files.tick()
        }
        #expect(fixture.events.count == told)
        // And the first line that comes tries, whenever that is.
        files.write([chunk("b")])
        #expect(disk.text(text) == "b\n")
        #expect(fixture.events.last == .recovered(.text))
    }

    @Test func `a disk that goes on failing is tried with one line a pause`() {
        let files = fixture.make()
        let attempts = Mutex(0)
        disk.onWrite { _ in
            attempts.withLock { $0 += 1 }
            return .fails(EIO)
        }
        for second in 0..<600 {
            files.tick()
            files.write([chunk("line \(second)")])
            fixture.clock.advance(seconds: 1)
        }
        #expect((20...30).contains(attempts.withLock { $0 }))
        #expect(fixture.standardError == (0..<600).map { "line \($0)\n" }.joined())
    }

    @Test func `the rest of a line outlives a backlog over its limit`() throws {
        let files = fixture.make()
        // {torn} and its newline: three of seven bytes, and then no more.
        disk.onWrite { $0 == 7 ? .takes(3) : .fails(EIO) }
        files.write([chunk("{torn}", kind: .errors)])
        let megabyte = String(repeating: "x", count: 1 << 20)
        for number in 0..<10 { files.write([chunk("\(number)" + megabyte, kind: .errors)]) }
        disk.onWrite { .takes($0) }
        files.retryAll()
        let lines = try #require(disk.text(DailyFileFixture.errorPath)).split(separator: "\n").map {
            $0.prefix(6)
        }
        #expect(lines.first == "{torn}")
        #expect(lines.dropFirst().map { $0.prefix(1) } == ["3", "4", "5", "6", "7", "8", "9"])
    }

    @Test func `goes on amid the line when the disk filled up there and the clean-up made room`() {
        let files = fixture.make()
        // {torn} and its newline: three of seven bytes, then a full disk, once.
        disk.onWrite { $0 == 7 ? .takes(3) : .fails(ENOSPC) }
        fixture.onReclaim.withLock { [disk] in
            $0 = {
                disk.onWrite { .takes($0) }
                return true
            }
        }
        files.write([chunk("{torn}", kind: .errors)])
        #expect(disk.text(DailyFileFixture.errorPath) == "{torn}\n")
        #expect(fixture.events.isEmpty)
    }

    @Test func `a failed write of a day that is over is forgotten once the next day's file works`() throws {
        let files = fixture.make()
        disk.onWrite { _ in .fails(EIO) }
        files.write([chunk("late")])
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 30)
        files.tick()
        files.write([chunk("early", day: DailyFileFixture.today.adding(days: 1))])
        #expect(fixture.events.last != .recovered(.text))
        for _ in 0..<10 {
            fixture.clock.advance(seconds: 30)
            let due = try #require(files.nextDue)
            #expect(due > fixture.clock.monotonicNanoseconds() - 30_000_000_000)
            files.tick()
        }
        #expect(fixture.events.last == .recovered(.text))
    }
}
