import LogModel
import LogStore
import Testing

@testable import hantu

struct StatisticsTests {
    private func statistics(_ counts: [(String?, Int)]) -> ErrorStatistics {
        let groups = counts.map { key, count in
            StoreGroup(
                key: key, count: count, firstSeen: Timestamp(seconds: noon),
                lastSeen: Timestamp(seconds: noon + 60),
                unresolved: count - 1)
        }
        return ErrorStatistics(
            since: Timestamp(seconds: noon - 3 * 3600), until: Timestamp(seconds: noon + 3600),
            groups: groups,
            hours: groups)
    }

    private func shown(_ statistics: ErrorStatistics, columns: Int = 60) -> [String] {
        var out = OutputBuffer()
        StatisticsView(statistics, zone: seoul, columns: columns).append(to: &out, style: .plain)
        return String(decoding: out.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `bars stand under each other behind keys of any width`() {
        let lines = shown(statistics([("주문-서비스", 40), ("api", 10), (nil, 1)]))
        #expect(lines[0] == "ℹ️  51건 · 미해결 48건 · 2026-02-01 09:00부터")
        let starts = lines[1...3].map { line in
            DisplayWidth.columns(String(line.prefix { !"█▏▎▍▌▋▊▉".contains($0) }))
        }
        #expect(Set(starts).count == 1)
        #expect(lines[1].contains("40 (미해결 39)"))
        #expect(lines[3].contains("   -   "))
        #expect(lines.allSatisfy { DisplayWidth.columns($0) <= 60 })
    }

    @Test(arguments: [(0, ""), (1, "▏"), (8, "█"), (64, "████████"), (12, "█▌")])
    func `a bar is measured in eighths, and something is never nothing`(value: (Int, String)) {
        #expect(StatisticsView.bar(value.0, of: 64, columns: 8) == value.1)
    }

    @Test(arguments: [30, 40, 60, 80, 100, 200])
    func `every line fits the terminal`(columns: Int) {
        let long = "주문-서비스-이름이-아주-아주-아주-아주-길다"
        for line in shown(statistics([(long, 40), ("api", 7)]), columns: columns).dropFirst() {
            #expect(DisplayWidth.columns(line) <= columns, "\(line)")
        }
    }

    @Test func `the line over time says how long a column is`() {
        #expect(shown(statistics([("api", 3)])).last == "   추이 (칸당 1시간)    █ ")
    }

    @Test func `a hostile key drives no terminal`() {
        #expect(shown(statistics([("a\u{1b}[31m\n", 1)]))[1].contains("a\\u001b[31m\\n"))
    }

    @Test func `the JSON is as documented`() {
        var out = OutputBuffer()
        var given = statistics([("api", 2), (nil, 1)])
        given.appendJSON(zone: seoul, to: &out)
        let times = #""first_seen":"2026-02-01T12:00:00+09:00","last_seen":"2026-02-01T12:01:00+09:00""#
        #expect(
            String(decoding: out.bytes, as: UTF8.self) == """
                {"since":"2026-02-01T09:00:00+09:00","total":3,"groups":[{"key":"api","count":2,\(times),"unresolved":1},\
                {"key":null,"count":1,\(times),"unresolved":0}]}

                """)
        given.knowsResolved = false
        out.removeAll()
        given.appendJSON(zone: seoul, to: &out)
        #expect(String(decoding: out.bytes, as: UTF8.self).contains(#""unresolved":null"#))
    }

    @Test func `records of files are counted as the store counts its rows`() {
        var counts = FileStatistics(since: Timestamp(seconds: 0), by: .hour, zone: seoul)
        for seconds in [0, 10, 3599, 3600] as [Int64] {
            counts.count(
                LogRecord(timestamp: Timestamp(seconds: noon + seconds), level: .error, service: "s"))
        }
        #expect(counts.groups.map(\.key) == ["2026-02-01 12:00", "2026-02-01 13:00"])
        #expect(counts.groups.map(\.count) == [3, 1])
    }
}

struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("주문", 4), ("❌", 2), ("ℹ️", 2), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("👩‍👩‍👧", 2),
        ("…", 1), ("█▁", 2), ("가a", 3),
    ])
    func `text fills these columns`(value: (String, Int)) {
        #expect(DisplayWidth.columns(value.0) == value.1)
    }

    @Test func `text is cut where it fits`() {
        #expect(DisplayWidth.cut("주문실행", to: 8) == "주문실행")
        #expect(DisplayWidth.cut("주문실행", to: 7) == "주문실…")
        #expect(DisplayWidth.cut("주문실행", to: 6) == "주문…")
        #expect(DisplayWidth.padded("주문", to: 6) == "주문  ")
    }
}

struct JSONValueTests {
    private func read(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8)) }

    @Test func `every kind of value is read`() {
        let value = read(#" {"a":[1,-2.5e3,true,false,null,"\u314e\n\"",{}], "b":{"c":[]} } "#)
        #expect(
            value?["a"]?.elements == [
                .number("1"), .number("-2.5e3"), .flag(true), .flag(false), .null, .text("ㅎ\n\""),
                .object([]),
            ])
        #expect(value?["b"]?["c"] == .list([]))
        #expect(value?["nothing"] == nil)
    }

    @Test func `numbers keep their digits`() {
        let text = #"{"big":90071992547409931,"huge":1e400,"list":[1.10]}"#
        #expect(read(text).map { String(decoding: $0.json, as: UTF8.self) } == text)
    }

    @Test(arguments: ["", " ", "{", "[1,]", "nul", "{\"a\"}", "1 2", "\"\n\""])
    func `what is no JSON is nothing`(text: String) { #expect(read(text) == nil) }
}
