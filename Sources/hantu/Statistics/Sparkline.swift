/// Counts over time in one line: a column for each run of so many whole hours, the last one up to now.
struct Sparkline: Equatable {
    /// How many hours make a column.
    let hours: Int
    /// The columns, the earliest first.
    let counts: [Int]

    /// Brings the counts of hours, each with a moment in it as seconds since 1970, to `columns` at most.
    ///
    /// `offset` is how many seconds local time is ahead, so that hours begin where clocks show it.
    init(
        _ found: [(moment: Int64, count: Int)], from start: Int64, until end: Int64, offset: Int,
        columns: Int
    ) {
        func hour(_ moment: Int64) -> Int {
            let local = moment + Int64(offset)
            return Int(local >= 0 ? local / 3600 : (local - 3599) / 3600)
        }
        let last = max(hour(start), hour(end))
        let total = last - hour(start) + 1
        let columns = max(1, columns)
        hours = (total + columns - 1) / columns
        var counts = [Int](repeating: 0, count: (total + hours - 1) / hours)
        for (moment, count) in found {
            // What lies outside, since clocks differ, is at its end.
            let age = min(total - 1, max(0, last - hour(moment)))
            counts[counts.count - 1 - age / hours] += count
        }
        self.counts = counts
    }

    /// A column for each number; nothing is a blank, something is never one.
    var text: String {
        let steps: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        let largest = counts.max() ?? 0
        return String(
            counts.map { count in
                guard count > 0 else { return " " }
                return steps[Int((Double(count) * 8 / Double(largest)).rounded(.up)) - 1]
            })
    }
}
