import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `The set of daily files` {
    let fixture = DailyFileFixture()
    let text = DailyFileFixture.textPath
    let errors = DailyFileFixture.errorPath
    var disk: ScriptedFileSystem { fixture.fileSystem }

    @Test func `writes each kind and day to its own file, in order`() {
        let files = fixture.make()
        let yesterday = DailyFileFixture.today.adding(days: -1)
        files.write([
            chunk("a"), chunk("{}", kind: .errors), chunk("b", "c"), chunk("y", day: yesterday), chunk("d"),
        ])
        #expect(disk.text(text) == "a\nb\nc\nd\n")
        #expect(disk.text(errors) == "{}\n")
        #expect(disk.text("/logs/info/info_\(yesterday.compact).log") == "y\n")
        #expect(disk.writes == 3, "the chunks of one file go with one call")
        #expect(fixture.events.isEmpty)
    }

    @Test func `goes on after partial writes, over more pieces than one call takes`() {
        let files = fixture.make()
        disk.onWrite { .takes(max(1, $0 / 3)) }
        files.write((0..<3000).map { chunk("line \($0)") })
        #expect(disk.text(text) == (0..<3000).map { "line \($0)\n" }.joined())
    }

    @Test func `sends text to stderr while the file fails, and comes back by itself`() {
        let files = fixture.make()
        let since = fixture.clock.now()
        disk.failOpens(EACCES)
        files.write([chunk("one"), chunk("two")])
        #expect(fixture.standardError == "one\ntwo\n")
        #expect(
            fixture.events == [
                .toStandardError(.text, records: 2, keptForLater: 0),
                .failing(.text, SystemCallError(code: EACCES), since: since),
            ])
        disk.failOpens(nil)
        files.write([chunk("too early")])
        #expect(fixture.standardError.hasSuffix("too early\n"), "not before the pause is over")
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(fixture.events.last == .recovered(.text))
        files.write([chunk("three")])
        #expect(disk.text(text) == "three\n")
    }

    @Test func `pauses longer after each failure, up to 30 s`() {
        let files = fixture.make()
        disk.failOpens(EROFS)
        files.write([chunk("x")])
        var pauses: [UInt64] = []
        for _ in 0..<7 {
            let pause = files.nextDue! - fixture.clock.monotonicNanoseconds()
            pauses.append(pause / 1_000_000_000)
            fixture.clock.advance(seconds: Int64(pause / 1_000_000_000))
            files.tick()
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30])
        #expect(fixture.events.count == 2, "one state is told once")
    }

    @Test func `keeps error lines for their file and shows them on stderr at once`() {
        let files = fixture.make()
        disk.onWrite { _ in .fails(EIO) }
        files.write([chunk("{1}", kind: .errors)])
        files.write([chunk("{2}", kind: .errors)])
        #expect(fixture.standardError == "{1}\n{2}\n")
        #expect(fixture.shown.withLock { $0.allSatisfy(\.kept) })
        #expect(disk.text(errors) == "")
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(disk.text(errors) == "{1}\n{2}\n")
        #expect(files.backlog == 0)
        #expect(fixture.events.last == .recovered(.errors))
    }

    @Test func `owes error lines as whole lines, once, and no text`() {
        let files = fixture.make()
        disk.onWrite { $0 > 6 ? .takes(6) : .fails(ENOSPC) }
        files.write([
            chunk("{1}", kind: .errors), chunk("{2}", "{3}", kind: .errors), chunk("one", kind: .text),
        ])
        files.write([chunk("{4}", kind: .errors)])
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(disk.text(errors)!.hasPrefix("{1}\n{2"))
        let day = DailyFileFixture.today.compact
        #expect(fixture.owed.withLock { $0 } == ["\(day) {2}\n{3}\n", "\(day) {4}\n"])
    }

    @Test func `finishes a line where its write broke off`() {
        let files = fixture.make()
        disk.onWrite { $0 == 18 ? .takes(8) : .fails(ENOSPC) }
        files.write([chunk("12345", "abcde", "ABCDE")])
        #expect(disk.text(text) == "12345\nab")
        #expect(fixture.standardError == "abcde\nABCDE\n")
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 1)
        files.write([chunk("next")])
        #expect(disk.text(text) == "12345\nabcde\nnext\n")
    }

    @Test func `starts a torn line over in a file that is another by then`() {
        let files = fixture.make()
        disk.onWrite { $0 == 12 ? .takes(8) : .fails(EIO) }
        files.write([chunk("12345", "abcde", kind: .errors)])
        disk.remove(errors)
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(disk.text(errors) == "abcde\n")
    }

    @Test func `puts a torn line on a line of its own where somebody wrote behind it`() {
        let files = fixture.make()
        disk.onWrite { $0 == 12 ? .takes(8) : .fails(EIO) }
        files.write([chunk("12345", "abcde", kind: .errors)])
        disk.append("?", to: errors)
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 1)
        files.tick()
        #expect(disk.text(errors) == "12345\nab?\nabcde\n")
    }

    @Test func `ends the half line that a crash left behind`() {
        let files = fixture.make()
        files.write([chunk("whole")])
        files.finish()
        disk.append("half", to: text)
        fixture.make().write([chunk("next")])
        #expect(disk.text(text) == "whole\nhalf\nnext\n")
        #expect(fixture.events == [.tornLine(.text, DailyFileFixture.today)])
    }

    @Test func `begins a new file where the old one was removed, looking once a second`() {
        let files = fixture.make()
        files.write([chunk("a")])
        disk.remove(text)
        files.write([chunk("b")])
        #expect(disk.text(text) == nil)
        fixture.clock.advance(seconds: 1)
        files.write([chunk("c")])
        #expect(disk.text(text) == "c\n")
        #expect(fixture.events == [.replaced(.text, DailyFileFixture.today)])
    }

    @Test func `tries again at once when the clean-up made room on a full disk`() {
        let files = fixture.make()
        disk.onWrite { _ in .fails(ENOSPC) }
        fixture.onReclaim.withLock {
            $0 = { [disk] in
                disk.onWrite { .takes($0) }
                return true
            }
        }
        files.write([chunk("a")])
        #expect(disk.text(text) == "a\n")
        #expect(fixture.events.isEmpty)
    }

    @Test
    func `says that the disk is full where the clean-up did not help, and cleans up again with each attempt`()
    {
        let files = fixture.make()
        disk.onWrite { _ in .fails(EDQUOT) }
        files.write([chunk("a")])
        files.write([chunk("b")])
        #expect(fixture.events.contains(.diskFull(.text, since: fixture.clock.now())))
        #expect(fixture.reclaims.withLock { $0 } == 1)
        fixture.clock.advance(seconds: 1)
        files.write([chunk("c")])
        #expect(fixture.reclaims.withLock { $0 } == 2)
    }

    @Test func `tells the graver state of the two files of a kind, and recovery when both are back`() {
        let files = fixture.make()
        disk.onWrite { _ in .fails(EIO) }
        files.write([chunk("a")])
        disk.onWrite { _ in .fails(ENOSPC) }
        files.write([chunk("b", day: DailyFileFixture.today.adding(days: 1))])
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 1)
        files.write([chunk("c")])
        files.tick()
        let states = fixture.events.filter { if case .toStandardError = $0 { false } else { true } }
        guard states.count == 3, case .failing = states[0], case .diskFull = states[1] else {
            Issue.record("\(states)")
            return
        }
        #expect(states[2] == .recovered(.text))
    }

    @Test func `says at the end what never got to its file`() {
        let files = fixture.make()
        disk.failOpens(EROFS)
        files.write([chunk("{1}", "{2}", kind: .errors), chunk("a")])
        files.finish()
        #expect(fixture.events.last == .backlogDropped(.errors, records: 2))
    }

    @Test func `drops the oldest of a backlog over its limit, counted`() {
        let files = fixture.make()
        disk.failOpens(EIO)
        let megabyte = String(repeating: "x", count: 1 << 20)
        for number in 0..<10 { files.write([chunk("\(number)" + megabyte, kind: .errors)]) }
        let dropped = fixture.events.compactMap {
            if case .backlogDropped(_, let count) = $0 { count } else { nil }
        }
        #expect(dropped == [1, 1, 1])
        #expect(files.backlog <= DailyFileSet.backlogLimit)
        disk.failOpens(nil)
        fixture.clock.advance(seconds: 30)
        files.tick()
        #expect(disk.text(errors)?.first == "3")
        #expect(disk.text(errors)?.utf8.count == 7 * (megabyte.utf8.count + 2))
    }

    @Test func `closes files that are idle or too many`() {
        let files = fixture.make(days: 2)
        for day in 0..<6 {
            files.write([chunk("x", day: DailyFileFixture.today.adding(days: day))])
            fixture.clock.advance(seconds: 1)
        }
        #expect(disk.openDescriptors == 3)
        fixture.clock.advance(seconds: 300)
        files.tick()
        #expect(disk.openDescriptors == 0)
        #expect(files.nextDue == nil)
    }

    @Test func `lets go of a file on demand and begins the next one under its name`() {
        let files = fixture.make()
        files.write([chunk("a")])
        files.release(.text, DailyFileFixture.today)
        disk.remove(text)
        files.write([chunk("b")])
        #expect(disk.text(text) == "b\n")
    }
}
