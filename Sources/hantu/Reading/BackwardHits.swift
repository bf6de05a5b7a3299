import CVectorScan
import Glibc
import LogModel

/// The lines of a file that hold one of some texts, from the last to the first, at the speed of the search: no other
/// line is looked at.
struct BackwardHits: ~Copyable {
    /// What a core's own cache holds: the search finds it there right after it was read.
    static let blockSize = 128 << 10

    private let needles: [[UInt8]]
    private var block = ByteBlock(capacity: BackwardHits.blockSize)
    /// What is still to be read ends here, where a line ends.
    private var end: Int

    /// Begins at this offset, which is the end of a line or of the file.
    init(of needles: [[UInt8]], endingAt end: Int) {
        self.needles = needles
        self.end = end
    }

    /// Calls `body` with each such line, without its newline, and where it stands; until it returns false.
    mutating func forEach(
        of file: borrowing PlainFile, _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool
    ) throws(PlainFile.Failure) {
        while end > 0 {
            let start = max(0, end - block.capacity)
            let count = end - start
            guard try file.read(at: start, into: block.start, count: count) == count else {
                // A file that shrank meanwhile has nothing there any more.
                throw PlainFile.Failure(number: ESTALE)
            }
            var first = 0
            if start > 0 {
                // The line that the block begins in comes whole with the next one.
                first = newline(in: 0..<count).map { $0 + 1 } ?? count
                if first >= count {
                    guard block.capacity <= longestLine else {
                        end = start
                        continue
                    }
                    block.grow(to: block.capacity * 2, moving: 0, to: 0)
                    continue
                }
            }
            for range in hits(in: first..<count).reversed() {
                let place = (start + range.lowerBound)..<(start + range.upperBound)
                guard body(block.bytes(range), place) else { return }
            }
            end = start + first
        }
    }

    /// The first line's end in these bytes of the block.
    private func newline(in range: Range<Int>) -> Int? {
        guard let found = memchr(block.start + range.lowerBound, 0x0A, range.count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(block.start)
    }

    /// Lines in these bytes of the block that hold a needle, in order.
    private func hits(in range: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        for needle in needles {
            var position = range.lowerBound
            while position < range.upperBound {
                let rest = range.upperBound - position
                let found = Int(cvs_find(block.start + position, rest, needle, needle.count))
                guard found >= 0 else { break }
                let hit = position + found
                let before = Int(cvs_find_last(block.start + position, found, 0x0A))
                let end = newline(in: hit..<range.upperBound) ?? range.upperBound
                lines.append((position + before + 1)..<end)
                position = end + 1
            }
        }
        guard needles.count > 1 else { return lines }
        // Found by several needles, a line is still one.
        lines.sort { $0.lowerBound < $1.lowerBound }
        return lines.indices.filter { $0 == 0 || lines[$0] != lines[$0 - 1] }.map { lines[$0] }
    }
}
