import Glibc
import LogModel
import LogStore

/// Statistics for people: a bar for each group, and how they spread over time.
struct StatisticsView {
    private let statistics: ErrorStatistics
    private let zone: ZoneRules
    /// Of the terminal.
    private let columns: Int

    init(_ statistics: ErrorStatistics, zone: ZoneRules, columns: Int) {
        self.statistics = statistics
        self.zone = zone
        self.columns = columns
    }

    func append(to out: inout OutputBuffer, style: Style) {
        out.append("ℹ️  ")
        style.paint(.bold, &out) { $0.append(text: "\(statistics.total)건") }
        if statistics.knowsResolved { out.append(text: " · 미해결 \(statistics.unresolved)건") }
        if !statistics.back.isEmpty {
            out.append(text: " · \(Recurrence.mark) \(statistics.back.count)종")
        }
        out.append(text: " · \(minute(statistics.since))부터\n")
        let counts = statistics.groups.map(tail)
        let tailWidth = counts.map(DisplayWidth.columns).max() ?? 0
        // Margins and blanks are six columns, and a bar has eight where it can.
        let longestKey = max(8, min(40, columns - tailWidth - 14))
        let keys = statistics.groups.map { shown($0.key, longestKey) }
        let keyWidth = keys.map(DisplayWidth.columns).max() ?? 0
        let room = max(1, min(50, columns - keyWidth - tailWidth - 6))
        let largest = statistics.groups.map(\.count).max() ?? 1
        for (index, group) in statistics.groups.enumerated() {
            out.append(text: "   " + DisplayWidth.padded(keys[index], to: keyWidth) + "  ")
            let bar = StatisticsView.bar(group.count, of: largest, columns: room)
            style.paint(.red, &out) { $0.append(text: bar) }
            out.append(text: " \(counts[index])\n")
        }
        let line = sparkline
        out.append("   ")
        style.paint(.dim, &out) { $0.append(text: "추이 (칸당 \(line.hours)시간) ") }
        out.append(text: line.text + "\n")
    }

    private var sparkline: Sparkline {
        let start = statistics.since.seconds
        // What stands before it takes up to 23 columns.
        return Sparkline(
            statistics.hours.map { ($0.firstSeen.seconds, $0.count) }, from: start,
            until: statistics.until.seconds, offset: Int(zone.offset(at: start)),
            columns: min(60, columns - 23))
    }

    private func shown(_ key: String?, _ width: Int) -> String {
        guard let key, !key.isEmpty else { return "-" }
        var text = OutputBuffer()
        TerminalText.append(key, to: &text)
        return DisplayWidth.cut(String(decoding: text.bytes, as: UTF8.self), to: width)
    }

    private func tail(_ group: StoreGroup) -> String {
        guard statistics.knowsResolved, group.unresolved > 0 else { return "\(group.count)" }
        let isBack = group.key.map(statistics.back.contains) ?? false
        return "\(group.count) (미해결 \(group.unresolved)\(isBack ? ", \(Recurrence.mark)" : ""))"
    }

    private func minute(_ time: Timestamp) -> String {
        var text = OutputBuffer(capacity: 64)
        TimeText.append(
            localSeconds: time.seconds + Int64(zone.offset(at: time.seconds)), to: &text)
        text.truncate(to: 16)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// A bar in eighths of a column; never nothing for something.
    static func bar(_ count: Int, of largest: Int, columns: Int) -> String {
        guard count > 0, largest > 0 else { return "" }
        let eighths = max(1, Int(Double(count) / Double(largest) * Double(columns * 8)))
        let rests = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + rests[eighths % 8]
    }

    /// How wide the terminal is; `COLUMNS` goes first, and what is no terminal has 80.
    static func terminalColumns() -> Int {
        if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 {
            return columns
        }
        var size = winsize()
        // Behind a pager, standard output is none; standard input still may be.
        for descriptor in [STDOUT_FILENO, STDIN_FILENO] {
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        }
        return 80
    }
}
