import LogModel
import LogPipeline
import Testing

@Suite struct LineFramerTests {
    /// What the framer hands out for these reads: the lines, and how many bytes of each were lost.
    private func lines(_ reads: String..., limit: Int = 64, slack: Int = OutputBuffer.slack) -> [String] {
        var framer = LineFramer(limit: limit)
        var found: [String] = []
        func take(_ line: UnsafeBufferPointer<UInt8>, _ lost: Int) {
            found.append(String(decoding: line, as: UTF8.self) + (lost > 0 ? " -\(lost)" : ""))
        }
        for read in reads {
            var buffer = OutputBuffer()
            buffer.append(text: read)
            framer.feed(buffer.bytes, slack: slack, take)
        }
        framer.finish(take)
        return found
    }

    @Test func `a line ends at its newline, whatever read brings it`() {
        #expect(lines("ab\ncd", "ef\n", "g") == ["ab", "cdef", "g"])
    }

    @Test func `empty lines are nothing`() { #expect(lines("\n\n\r\n", "\na\n", "\n") == ["a"]) }

    @Test func `a carriage return goes only at the end of a line`() {
        #expect(lines("a\rb\r\n", "c\r", "\nd\r") == ["a\rb", "c", "d"])
    }

    @Test func `a byte order mark goes only at the start of the connection`() {
        #expect(lines("\u{FEFF}a\n\u{FEFF}b\n") == ["a", "\u{FEFF}b"])
        #expect(lines("\u{FEFF}\na\n\u{FEFF}b\n") == ["a", "\u{FEFF}b"])
    }

    @Test func `a line of just the limit is whole`() {
        #expect(lines("abcdefgh\r\n", limit: 8) == ["abcdefgh"])
    }

    @Test func `a longer line is cut and says how much is lost`() {
        #expect(lines("abcdefghij\nk\n", limit: 8) == ["abcdefgh -2", "k"])
        #expect(lines("abcd", "efghij", "\r\nk\n", limit: 8) == ["abcdefgh -2", "k"])
    }

    @Test func `a cut falls between two characters`() {
        #expect(lines("abcdef가나\n", limit: 8) == ["abcdef -6"])
        #expect(lines("abcde가나\n", limit: 8) == ["abcde가 -3"])
        #expect(lines("abcdef😀\n", limit: 9) == ["abcdef -4"])
    }

    @Test func `a line that may hold less meanwhile is cut there, between two characters, and nowhere else`()
    {
        var framer = LineFramer(limit: 64)
        var found: [String] = []
        func feed(_ text: String, mostHeld: Int) {
            var buffer = OutputBuffer()
            buffer.append(text: text)
            framer.mostHeld = mostHeld
            framer.feed(buffer.bytes, slack: OutputBuffer.slack) {
                found.append(String(decoding: $0, as: UTF8.self) + ($1 > 0 ? " -\($1)" : ""))
            }
        }
        feed("ab가", mostHeld: 64)
        feed("나다", mostHeld: 6)
        // There is room again, but not for what is behind a gap.
        feed("라\r", mostHeld: 64)
        feed("\nwhole in one read\nab", mostHeld: 4)
        feed("c and what came with its end\r\nd\n", mostHeld: 1)
        #expect(found == ["ab가 -9", "whole in one read", "abc and what came with its end", "d"])
    }

    @Test func `no more is held of a line than its limit`() {
        var framer = LineFramer(limit: 1024)
        var buffer = OutputBuffer()
        for _ in 0..<4096 { buffer.append(UInt8(ascii: "a")) }
        for _ in 0..<256 { framer.feed(buffer.bytes, slack: OutputBuffer.slack) { _, _ in } }
        #expect(framer.heldBytes <= 1025)
        var lost = 0
        framer.finish { lost = $1 }
        #expect(lost == 4096 * 256 - 1024)
    }

    @Test func `a line at the end of memory that ends with it is copied before it is read widely`() {
        // Without slack behind the read, every line but those well before its end goes through the framer's memory.
        #expect(lines("ab\n" + String(repeating: "c", count: 40) + "\nd\n", slack: 0).count == 3)
    }
}
