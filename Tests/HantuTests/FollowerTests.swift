import Foundation
import LogModel
import LogSinks
import LogTesting
import Testing

@testable import hantu

struct FollowerTests {
    /// A follower at work, from 23:59:59 of 2026-02-01 in Seoul on.
    private final class Following {
        let tree: LogTree
        let clock = ManualClock(seconds: noon + 12 * 3600 - 1)
        private var follower: LogFollower
        private let view: any LineView
        private let output: Output

        init(_ query: RecordQuery, _ tree: LogTree) {
            self.tree = tree
            follower = LogFollower(log: tree.log(), query: query, now: clock.now())
            view = tree.view(query, .text)
            output = tree.output
        }

        func seen() -> String {
            follower.poll(at: clock.now(), view, output)
            output.flush()
            return tree.take()
        }

        var positions: [CivilDate: Int] { follower.positions }
    }

    @Test func `new lines are shown once, whole ones only`() throws {
        let tree = try LogTree()
        try tree.append("old\n", day: "20260201")
        let following = Following(RecordQuery(), tree)
        #expect(following.seen() == "")
        try tree.append("a\nb", day: "20260201")
        #expect(following.seen() == "a\n")
        try tree.append("c\n", day: "20260201")
        #expect(following.seen() == "bc\n")
        #expect(following.seen() == "")
    }

    @Test func `a line that was half written at the start is shown when it is whole`() throws {
        let tree = try LogTree()
        try tree.append("a\nhal", day: "20260201")
        let following = Following(RecordQuery(), tree)
        #expect(following.positions[CivilDate(compact: "20260201")!] == 2)
        try tree.append("f\n", day: "20260201")
        #expect(following.seen() == "half\n")
    }

    @Test func `it goes on over midnight`() throws {
        let tree = try LogTree()
        let following = Following(RecordQuery(), tree)
        try tree.append("before\n", day: "20260201")
        #expect(following.seen() == "before\n")
        following.clock.advance(seconds: 2)
        #expect(following.seen() == "")
        try tree.append("after\n", day: "20260202")
        #expect(following.seen() == "after\n")
        try tree.append("late\n", day: "20260201")
        #expect(following.seen() == "late\n")
        following.clock.advance(seconds: 2 * 86400)
        try tree.append("two days on\n", day: "20260204")
        #expect(following.seen() == "two days on\n")
    }

    @Test func `a file that is truncated is read from its beginning`() throws {
        let tree = try LogTree()
        try tree.append("first line\n", day: "20260201")
        let following = Following(RecordQuery(), tree)
        #expect(following.seen() == "")
        truncate(tree.path(.text, "20260201"), 0)
        try tree.append("new\n", day: "20260201")
        #expect(following.seen() == "new\n")
    }

    @Test func `a file that is replaced is read to its end and then the new one`() throws {
        let tree = try LogTree()
        try tree.append("a\n", day: "20260201")
        let following = Following(RecordQuery(), tree)
        try tree.append("b\n", day: "20260201")
        let path = tree.path(.text, "20260201")
        rename(path, path + ".moved")
        try tree.append("c\n", day: "20260201")
        #expect(following.seen() == "b\nc\n")
        try tree.append("d\n", day: "20260201")
        #expect(following.seen() == "d\n")
    }

    @Test func `a file that is removed and comes again is followed again`() throws {
        let tree = try LogTree()
        try tree.append("a\n", day: "20260201")
        let following = Following(RecordQuery(), tree)
        unlink(tree.path(.text, "20260201"))
        #expect(following.seen() == "")
        try tree.append("b\n", day: "20260201")
        #expect(following.seen() == "b\n")
    }

    @Test func `every filter holds for new lines too`() throws {
        let tree = try LogTree()
        var query = RecordQuery()
        query.minimumLevel = .warning
        query.loggerPrefix = "core."
        query.pattern = try SearchPattern("wanted$")
        let following = Following(query, tree)
        try tree.append(
            textLine("wanted") + textLine("wanted", level: "ERROR") + textLine("other", level: "ERROR")
                + "2026-02-01 12:00:00 ⭕ [WARNING] web: wanted\n", day: "20260201")
        #expect(following.seen() == textLine("wanted", level: "ERROR"))
    }
}
