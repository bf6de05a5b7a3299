import Glibc
import LogModel

/// How far long work has come, on one line of a terminal's stderr; anywhere else nothing.
///
/// Shown from the second second on, so that short work leaves no trace, and wiped away at its end.
final class Progress {
    private let label: String
    private let total: Int
    private let text: (Int) -> String
    private let isShown: Bool
    private let clock: any Clock
    private let write: (String) -> Void
    private var done = 0
    private var next: UInt64
    private var isDrawn = false

    /// `text` says in words what so much is; `total` is 0 where it isn't known.
    init(
        _ label: String, total: Int, isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        clock: any Clock = CommandClock(), write: @escaping (String) -> Void = Progress.toStandardError,
        text: @escaping (Int) -> String
    ) {
        self.label = label
        self.total = total
        self.text = text
        self.clock = clock
        self.write = write
        isShown = isTerminal
        next = clock.monotonicNanoseconds() + 1_000_000_000
    }

    func advance(by count: Int) { reach(done + count) }

    /// The same, as it stands altogether.
    func reach(_ count: Int) {
        done = count
        guard isShown else { return }
        let now = clock.monotonicNanoseconds()
        guard now >= next else { return }
        next = now + 200_000_000
        isDrawn = true
        guard total > 0 else { return write("\r\u{1b}[K\(label) \(text(done))") }
        let part = min(100, done * 100 / total)
        let bar = String(repeating: "█", count: part / 5) + String(repeating: "░", count: 20 - part / 5)
        write("\r\u{1b}[K\(label) \(bar) \(part)% (\(text(done)) / \(text(total)))")
    }

    /// Wipes the line away.
    func end() {
        if isDrawn { write("\r\u{1b}[K") }
        isDrawn = false
    }

    static func toStandardError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
