import LogTesting
import Testing

@testable import hantu

struct ProgressTests {
    private final class Screen {
        var shown: [String] = []
    }

    private func progress(_ screen: Screen, total: Int, isTerminal: Bool, _ clock: ManualClock) -> Progress {
        Progress(
            "백업", total: total, isTerminal: isTerminal, clock: clock, write: { screen.shown.append($0) },
            text: { "\($0) B" })
    }

    @Test func `short work leaves no trace`() {
        let (screen, clock) = (Screen(), ManualClock(seconds: 0))
        let work = progress(screen, total: 100, isTerminal: true, clock)
        work.advance(by: 100)
        work.end()
        #expect(screen.shown.isEmpty)
    }

    @Test func `long work is shown five times a second at most, and wiped away`() {
        let (screen, clock) = (Screen(), ManualClock(seconds: 0))
        let work = progress(screen, total: 200, isTerminal: true, clock)
        clock.advance(seconds: 1)
        for _ in 0..<50 { work.advance(by: 1) }
        let nothing = String(repeating: "░", count: 20)
        #expect(screen.shown == ["\r\u{1b}[K백업 \(nothing) 0% (1 B / 200 B)"])
        clock.advance(seconds: 1)
        work.advance(by: 50)
        #expect(screen.shown.last == "\r\u{1b}[K백업 ██████████░░░░░░░░░░ 50% (100 B / 200 B)")
        work.end()
        #expect(screen.shown.count == 3 && screen.shown.last == "\r\u{1b}[K")
    }

    @Test func `what is no terminal sees none of it`() {
        let (screen, clock) = (Screen(), ManualClock(seconds: 0))
        let work = progress(screen, total: 0, isTerminal: false, clock)
        clock.advance(seconds: 60)
        work.advance(by: 1)
        work.end()
        #expect(screen.shown.isEmpty)
    }
}
