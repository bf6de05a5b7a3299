import Foundation
import LogModel
import LogSinks
import LogStore
import Testing

@testable import hantu

struct TraceTests {
    private func text(_ message: String, at second: Int64, _ level: Severity = .info) -> LogRecord {
        LogRecord(
            timestamp: Timestamp(seconds: noon + second), level: level, logger: "core", message: message)
    }

    private func error(
        _ message: String, at second: Int64, milliseconds: UInt32 = 0, id: Int = 1, level: Severity = .error
    ) -> LogRecord {
        LogRecord(
            timestamp: Timestamp(seconds: noon + second, nanoseconds: milliseconds * 1_000_000, precision: 3),
            level: level, service: "s", logger: "core", message: message, stackTrace: "trace",
            id: EventID("019c0f3a-0000-7000-8000-00000000000\(id)".utf8))
    }

    @Test func `a record in all three places is there once, where its text line stands`() {
        var timeline = TraceTimeline()
        timeline.add(text: text("begin", at: 0))
        timeline.add(text: text("bad\\nluck", at: 0, .error))
        timeline.add(text: text("end", at: 0))
        timeline.add(error: error("bad\nluck", at: 0, milliseconds: 250))
        timeline.add(StoredRecord(row: 7, record: error("bad\nluck", at: 0, milliseconds: 250)))
        let entries = timeline.entries()
        #expect(entries.map(\.record.message) == ["begin", "bad\nluck", "end"])
        #expect(entries[1].places == [.text, .error, .store])
        #expect(entries[1].row == 7)
        #expect(entries.map(\.offset) == [0, 250, 250])
    }

    @Test func `two equal lines are two records`() {
        var timeline = TraceTimeline()
        for _ in 0..<2 { timeline.add(text: text("same", at: 0, .error)) }
        timeline.add(error: error("same", at: 0, milliseconds: 10, id: 1))
        timeline.add(error: error("same", at: 0, milliseconds: 20, id: 2))
        let entries = timeline.entries()
        #expect(entries.count == 2)
        #expect(entries.map(\.offset) == [0, 10])
        #expect(entries.allSatisfy { $0.places == [.text, .error] })
    }

    @Test func `an error sent again after a crash is one record`() {
        var timeline = TraceTimeline()
        timeline.add(error: error("same", at: 0))
        timeline.add(error: error("same", at: 0))
        #expect(timeline.entries().count == 1)
    }

    @Test func `what differs in one thing is another record`() {
        for other in [text("x", at: 1, .error), text("x", at: 0, .critical), text("y", at: 0, .error)] {
            var timeline = TraceTimeline()
            timeline.add(text: other)
            timeline.add(error: error("x", at: 0))
            #expect(timeline.entries().count == 2)
        }
    }

    @Test func `rows that only the store has come in by their time`() {
        var timeline = TraceTimeline()
        timeline.add(text: text("late", at: 10))
        timeline.add(StoredRecord(row: 1, record: error("early", at: 3, milliseconds: 5)))
        let entries = timeline.entries()
        #expect(entries.map(\.record.message) == ["early", "late"])
        #expect(entries.map(\.offset) == [0, 6995])
    }

    @Test func `nothing found is an empty timeline`() { #expect(TraceTimeline().entries().isEmpty) }

    @Test func `lines are found wherever a block of the file ends`() throws {
        let tree = try LogTree()
        let needle = "(trace_id=wanted)"
        var wanted: [String] = []
        var content = ""
        // Each line moves the next one a little against the blocks.
        for number in 0..<700 {
            content += String(repeating: "f", count: 2900 + number) + "\n"
            let line = "line \(number) \(needle)"
            wanted.append(line)
            content += line + "\n"
        }
        content += "the last " + needle
        wanted.append("the last " + needle)
        try tree.append(content, day: "20260201")
        var found: [String] = []
        var problems = ReadProblems()
        FileSearch(needles: [Array(needle.utf8)]).forEach(in: tree.path(.text, "20260201"), &problems) {
            found.append(String(decoding: $0, as: UTF8.self))
        }
        #expect(found == wanted)
        #expect(problems == ReadProblems())
    }

    @Test func `a line longer than a block is found whole`() throws {
        let tree = try LogTree()
        let long = String(repeating: "x", count: 3 << 20) + " NEEDLE"
        try tree.append("before\n" + long + "\nafter NEEDLE\n", day: "20260201")
        var lengths: [Int] = []
        var problems = ReadProblems()
        FileSearch(needles: [Array("NEEDLE".utf8)]).forEach(in: tree.path(.text, "20260201"), &problems) {
            lengths.append($0.count)
        }
        #expect(lengths == [long.utf8.count, 12])
    }
}
