import Glibc
import LogModel
import Testing

/// Memory that ends where the text does: the page behind it can't be read.
private final class LastPage {
    private let start: UnsafeMutableRawPointer
    private let size = Int(sysconf(CInt(_SC_PAGESIZE)))

    init() {
        start = mmap(nil, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(start != MAP_FAILED && mprotect(start + size, size, PROT_NONE) == 0)
    }

    deinit { munmap(start, 2 * size) }

    /// The text at the very end of what can be read.
    func text(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        let place = UnsafeMutableRawBufferPointer(start: start + size - bytes.count, count: bytes.count)
        place.copyBytes(from: bytes)
        return UnsafeBufferPointer(place.bindMemory(to: UInt8.self))
    }
}

@Suite struct `JSON text` {
    typealias Change = (UnsafeBufferPointer<UInt8>, inout OutputBuffer) -> Void
    private let page = LastPage()

    private func changed(_ text: UnsafeBufferPointer<UInt8>, by change: Change) -> String {
        var out = OutputBuffer(capacity: 0)
        change(text, &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    /// What comes out is the same at the end of the memory as where there is slack behind the text.
    private func expectSame(_ endings: [String], at end: Change, inTheOpen: Change) {
        for length in 0...40 {
            for ending in endings {
                let text = Array((String(repeating: "x", count: length) + ending).utf8)
                var padded = OutputBuffer()
                text.withUnsafeBufferPointer { padded.append($0) }
                #expect(changed(page.text(text), by: end) == changed(padded.bytes, by: inTheOpen))
            }
        }
    }

    @Test func `is encoded without a look behind its end`() {
        expectSame(
            [
                "", "\"", "\\", "\u{1B}", "\n", "주", "\u{2028}", "\u{202E}", "\u{85}", "é", "a\"\\\nd",
                "\u{7F}\u{7F}",
            ],
            at: { JSONText.encode($0, into: &$1) },
            inTheOpen: { JSONText.encode($0, slack: OutputBuffer.slack, into: &$1) })
        #expect(
            changed(page.text(Array("\"a\"\n\u{202E}".utf8)), by: { JSONText.encode($0, into: &$1) })
                == #"\"a\"\n\u202e"#)
    }

    @Test func `is decoded without a look behind its end`() {
        let endings = ["", #"\n"#, #"\u0041"#, #"\ud83d\ude00"#, #"\ud83d"#, #"주\"\\"#]
        expectSame(
            endings, at: { JSONText.decode($0, into: &$1) },
            inTheOpen: { JSONText.decode($0, slack: OutputBuffer.slack, into: &$1) })
        expectSame(
            endings, at: { JSONText.normalize($0, into: &$1) },
            inTheOpen: { JSONText.normalize($0, slack: OutputBuffer.slack, into: &$1) })
    }

    @Test func `with half a character at its end is encoded as it is`() {
        for bytes in [[0xE2], [0xE2, 0x80], [0xC2], [0xED, 0xA0]] as [[UInt8]] {
            var out = OutputBuffer()
            JSONText.encode(page.text(bytes), into: &out)
            #expect(Array(out.bytes) == bytes)
        }
    }
}
