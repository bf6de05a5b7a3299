import Testing

@testable import hantu

struct SparklineTests {
    private func line(
        _ found: [(hour: Double, count: Int)], from start: Double, until end: Double, columns: Int,
        offset: Int = 9 * 3600
    ) -> Sparkline {
        func moment(_ hour: Double) -> Int64 { noon + Int64(hour * 3600) }
        return Sparkline(
            found.map { (moment($0.hour), $0.count) }, from: moment(start), until: moment(end),
            offset: offset, columns: columns)
    }

    private func text(_ counts: [Int]) -> String {
        line(
            counts.enumerated().map { (Double($0.offset), $0.element) }, from: 0,
            until: Double(counts.count - 1),
            columns: 100
        ).text
    }

    @Test(arguments: [
        ([0, 1, 50, 100], " ▁▄█"), ([0, 0], "  "), ([5], "█"), ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([1, 1], "██"), ([1, 1_000_000], "▁█"), ([Int.max / 2, 1], "█▁"),
    ])
    func `something is never nothing, and the most is the highest`(counts: [Int], expected: String) {
        #expect(text(counts) == expected)
    }

    @Test(arguments: 1...200) func `it is never wider than there is room`(columns: Int) {
        let week = (0...168).map { (Double($0), 1) }
        let line = line(week, from: 0, until: 168, columns: columns)
        #expect(line.counts.count <= columns && line.text.count == line.counts.count)
        #expect(line.counts.reduce(0, +) == 169)
        // As many hours for each column as it takes, and no more.
        #expect(columns < 169 ? (line.hours - 1) * columns < 169 : line.hours == 1)
    }

    @Test func `what comes evenly looks even`() {
        let week = (0..<168).map { (Double($0) + 0.5, 10) }
        for columns in [10, 24, 57, 60, 80] {
            let counts = line(week, from: 0, until: 167.9, columns: columns).counts
            // The first column may have fewer hours than the others.
            #expect(Set(counts.dropFirst()).count == 1, "\\(columns)")
        }
    }

    @Test func `a span within one hour is one column`() {
        let line = line([(0.7, 3)], from: 0.5, until: 0.9, columns: 60)
        #expect(line.counts == [3] && line.hours == 1)
    }

    @Test func `hours begin where the clocks show it`() {
        // Half an hour aside: 12:15 and 12:45 are 17:45 and 18:15 there.
        let found = [(0.25, 1), (0.75, 2)]
        #expect(line(found, from: 0.25, until: 0.75, columns: 60).counts == [3])
        #expect(line(found, from: 0.25, until: 0.75, columns: 60, offset: 9 * 3600 + 1800).counts == [1, 2])
    }

    @Test func `what lies outside stands at the ends`() {
        #expect(line([(-5, 1), (9, 2)], from: 0, until: 2, columns: 60).counts == [1, 0, 2])
        #expect(line([(0, 1)], from: 5, until: 0, columns: 60).counts == [1])
    }

    @Test func `no room is one column`() {
        #expect(line([(0, 1), (1, 1)], from: 0, until: 1, columns: -5).counts == [2])
    }
}
