import Glibc
import LogModel

/// Cuts one connection's bytes into lines (contract section 2), in place: only a line that isn't whole yet is
/// copied, and no more of it than the limit.
package struct LineFramer: ~Copyable {
    /// Most bytes of a line, without its line end.
    private let limit: Int
    /// Most bytes that are held of a line that has no end yet; a longer one is cut. At most the limit.
    package var mostHeld: Int
    private var carry = OutputBuffer(capacity: 0)
    /// Bytes of the line being read that didn't fit into `carry`.
    private var overflow = 0
    /// Whether the last of those is a `\r`, which belongs to the line's end when that comes next.
    private var overflowEndsInReturn = false
    private var atStart = true

    package init(limit: Int) {
        self.limit = limit
        mostHeld = limit
    }

    /// A line that has begun, for handing it on to a successor.
    package struct HalfLine: Sendable, Equatable {
        package var bytes: [UInt8]
        /// Bytes behind these that were over the limit, and whether the last of them is a `\r`.
        package var lost: Int
        package var lostEndsInReturn: Bool

        package init(bytes: [UInt8], lost: Int = 0, lostEndsInReturn: Bool = false) {
            self.bytes = bytes
            self.lost = lost
            self.lostEndsInReturn = lostEndsInReturn
        }
    }

    /// Goes on where another framer stopped; `atStart` says that no line has ended before.
    package init(limit: Int, resuming line: HalfLine?, atStart: Bool) {
        self.init(limit: limit)
        self.atStart = atStart
        guard let line else { return }
        line.bytes.withUnsafeBufferPointer { carry.append($0) }
        overflow = line.lost
        overflowEndsInReturn = line.lostEndsInReturn
    }

    /// Whether a line has begun that has no end yet.
    package var holdsPartialLine: Bool { !carry.isEmpty || overflow > 0 }

    /// Bytes held of such a line.
    package var heldBytes: Int { carry.count }

    /// What is held of a line that has no end yet.
    package var halfLine: HalfLine? {
        guard holdsPartialLine else { return nil }
        return HalfLine(
            bytes: Array(carry.bytes), lost: overflow,
            lostEndsInReturn: overflow > 0 && overflowEndsInReturn)
    }

    /// Calls `line` with each line that ends in these bytes, without its line end, and with how many bytes of it
    /// were lost to the limit.
    ///
    /// Behind every line that `line` gets, `OutputBuffer.slack` bytes are readable; behind `bytes` as many as
    /// `slack` says.
    @inline(__always)
    package mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int,
        _ line: (_ text: UnsafeBufferPointer<UInt8>, _ lost: Int) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        // The last line may stand too near the end of the memory for wide loads: it takes the way through carry.
        let safeEnd = bytes.count + slack - OutputBuffer.slack
        while start < bytes.count {
            guard let found = memchr(base + start, 0x0A, bytes.count - start) else {
                keep(base + start, bytes.count - start, most: mostHeld)
                return
            }
            let end = base.distance(to: found.assumingMemoryBound(to: UInt8.self))
            if _fastPath(!holdsPartialLine && end <= safeEnd && end - start <= limit) {
                let count = end > start && base[end - 1] == 0x0D ? end - start - 1 : end - start
                let text = withoutMark(UnsafeBufferPointer(start: base + start, count: count))
                if text.count > 0 { line(text, 0) }
            } else {
                keep(base + start, end - start, most: limit)
                finish(line)
            }
            start = end + 1
        }
    }

    /// Hands out a last line that no newline ended, at the end of the stream.
    package mutating func finish(_ line: (_ text: UnsafeBufferPointer<UInt8>, _ lost: Int) -> Void) {
        var count = carry.count
        var given = count + overflow
        if overflow == 0, count > 0, carry.bytes[count - 1] == 0x0D {
            count -= 1
            given -= 1
        } else if overflow > 0, overflowEndsInReturn {
            given -= 1
        }
        if given > limit || overflow > 0 {
            count = LineFramer.characterBoundary(in: carry.bytes, at: min(count, limit))
        }
        let text = withoutMark(UnsafeBufferPointer(start: carry.bytes.baseAddress, count: count))
        if text.count > 0 { line(text, given - count) }
        overflow = 0
        // A long line's memory isn't kept for the short ones that follow.
        if carry.count > 16384 { carry = OutputBuffer(capacity: 0) } else { carry.removeAll() }
    }

    /// Forgets a line that has begun (the torn first line behind a restart).
    package mutating func dropPartialLine() {
        carry.removeAll()
        overflow = 0
    }

    private mutating func keep(_ start: UnsafePointer<UInt8>, _ count: Int, most: Int) {
        // One byte more than the limit, since that byte may be the \r of the line's end. Once something is lost, so is
        // the rest.
        let room = overflow > 0 ? 0 : max(0, most + 1 - carry.count)
        carry.append(start, min(count, room))
        guard count > room else { return }
        overflow += count - room
        overflowEndsInReturn = start[count - 1] == 0x0D
    }

    /// A line's text without the byte order mark that the first one of a connection may begin with.
    @inline(__always)
    private mutating func withoutMark(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        if _fastPath(!atStart) { return text }
        atStart = false
        guard text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF else { return text }
        return UnsafeBufferPointer(rebasing: text[3...])
    }

    /// The largest length of at most `length` at which the text can be cut between two characters.
    static func characterBoundary(in text: UnsafeBufferPointer<UInt8>, at length: Int) -> Int {
        guard length < text.count || length > 0 else { return length }
        var start = length
        // Back over continuation bytes to the lead byte of the last character.
        while start > 0, length - start < 3, text[start - 1] & 0xC0 == 0x80 { start -= 1 }
        guard start > 0 else { return length }
        let needed: Int
        switch text[start - 1] {
        case 0xC2...0xDF: needed = 2
        case 0xE0...0xEF: needed = 3
        case 0xF0...0xF4: needed = 4
        default: return length
        }
        return length - start + 1 < needed ? start - 1 : length
    }
}
