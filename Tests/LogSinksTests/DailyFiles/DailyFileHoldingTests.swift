import Glibc
import LogModel
import LogTesting
import Testing

@testable import LogSinks

/// In blocks of 64 bytes.
@Suite struct `A full hand-off to a daily file` {
    let fixture = DailyFileFixture()
    let text = DailyFileFixture.textPath
    var disk: ScriptedFileSystem { fixture.fileSystem }

    /// Ten bytes each.
    func lines(_ numbers: Range<Int>, kind: DailyFileKind = .text) -> FileChunk {
        chunk(numbers.map { "line \(1000 + $0)" }, kind: kind, day: DailyFileFixture.today)
    }

    func whole(_ numbers: Range<Int>) -> String { numbers.map { "line \(1000 + $0)\n" }.joined() }

    func size() -> Int { disk.text(text)?.utf8.count ?? 0 }

    @Test func `goes as far as a block of the file is full, and the rest with the next one`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<5), lines(5..<10)], holding: true)
        #expect(size() == 64)
        #expect(files.heldBytes == 36)
        files.write([lines(10..<20)], holding: true)
        #expect(size() == 192)
        files.finish()
        #expect(disk.text(text) == whole(0..<20))
        #expect(disk.writes == 3)
    }

    @Test func `counts the newline that half a line gets`() {
        let files = fixture.make(blockSize: 64)
        files.write([chunk("")])
        disk.append("half", to: text)
        files.release(.text, DailyFileFixture.today)
        files.write([lines(0..<10)], holding: true)
        #expect(size() == 64)
        files.finish()
        #expect(disk.text(text) == "\nhalf\n" + whole(0..<10))
    }

    @Test func `is written whole where it is small, or somebody waits for it or for another`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<6)], holding: true)
        #expect(size() == 60)
        files.write([lines(6..<20)], holding: true)
        #expect(size() == 192)
        files.write([lines(0..<1, kind: .errors)], holding: false)
        #expect(size() == 200)
        #expect(files.heldBytes == 0)
    }

    @Test func `is not done before its end is written`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<4), lines(4..<8), lines(8..<9)], from: 7, holding: true)
        #expect(files.firstHeld == 8)
        files.write([lines(9..<10, kind: .errors)], from: 10, holding: true)
        #expect(files.firstHeld == 8)
        files.writeHeld()
        #expect(files.firstHeld == nil)
        #expect(disk.text(text) == whole(0..<9))
    }

    @Test func `is complete a moment later, whatever else comes`() throws {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<10)], holding: true)
        let due = try #require(files.nextDue)
        #expect(due == fixture.clock.monotonicNanoseconds() + DailyFileSet.holdLimit)
        files.tick()
        #expect(files.heldBytes == 36)
        fixture.clock.advance(seconds: 0, nanoseconds: UInt32(DailyFileSet.holdLimit))
        files.write([lines(0..<10, kind: .errors)], holding: true)
        files.tick()
        #expect(disk.text(text) == whole(0..<10))
    }

    @Test func `is complete before its file is let go of`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<10)], holding: true)
        files.release(.text, DailyFileFixture.today)
        #expect(disk.text(text) == whole(0..<10))
        #expect(disk.openDescriptors == 0)
    }

    @Test func `is finished amid the line where the rest fails at first`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<10)], holding: true)
        disk.onWrite { _ in .fails(EIO) }
        files.writeHeld()
        // The line that is torn is kept for its file, and stderr shows it whole.
        #expect(fixture.standardError == whole(6..<10))
        disk.onWrite { .takes($0) }
        files.retryAll()
        #expect(disk.text(text) == whole(0..<7))
        #expect(files.firstHeld == nil && files.backlog == 0)
    }

    @Test func `puts the torn line on a line of its own where somebody wrote behind it`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<10)], holding: true)
        disk.append("outsider\n", to: text)
        files.write([lines(10..<20)], holding: true)
        files.finish()
        #expect(disk.text(text) == whole(0..<6) + "lineoutsider\n" + whole(6..<20))
    }

    @Test func `starts the torn line over where the file is another by then`() {
        let files = fixture.make(blockSize: 64)
        files.write([lines(0..<10)], holding: true)
        disk.remove(text)
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(disk.text(text) == whole(6..<10))
        #expect(fixture.events == [.replaced(.text, DailyFileFixture.today)])
    }
}
