import CVectorScan
import Glibc
import LogModel

/// The lines of a file from the last to the first, with memory for one block or one line.
struct BackwardLines: ~Copyable {
    static let blockSize = 256 << 10

    private var block = ByteBlock(capacity: BackwardLines.blockSize)
    /// The file's offset of the block's first byte.
    private var base: Int
    /// Bytes in the block that were not handed out yet.
    private var pending = 0
    private var atEnd = true

    /// Begins at this offset, which is the end of a line or of the file.
    init(endingAt end: Int) { base = end }

    /// The next line before, without its newline, and where it stands; nil when there is none.
    ///
    /// The bytes are valid until the next call. A line that is longer than any record may be is left out.
    mutating func next(
        of file: borrowing PlainFile
    ) throws(PlainFile.Failure) -> (bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>)? {
        var searched = 0
        while true {
            // The newline that ends the line before: behind it begins the one that is wanted.
            let unseen = pending - searched
            let start = unseen > 0 ? cvs_find_last(block.start, unseen, 0x0A) : -1
            if start >= 0 {
                let range = (start + 1)..<pending
                pending = start
                if atEnd {
                    atEnd = false
                    // A file's last newline ends a line and begins none.
                    if range.isEmpty {
                        searched = 0
                        continue
                    }
                }
                return (block.bytes(range), (base + range.lowerBound)..<(base + range.upperBound))
            }
            if base == 0 {
                guard pending > 0 else { return nil }
                let range = 0..<pending
                pending = 0
                return (block.bytes(range), range)
            }
            searched = pending
            try fill(from: file)
        }
    }

    /// Reads the bytes before those that are pending, and puts them in front.
    private mutating func fill(from file: borrowing PlainFile) throws(PlainFile.Failure) {
        if pending > longestLine { pending = 0 }
        let wanted = min(base, max(BackwardLines.blockSize, pending))
        if wanted + pending > block.capacity {
            block.grow(to: max(wanted + pending, block.capacity * 2), moving: pending, to: wanted)
        } else {
            block.shift(pending, to: wanted)
        }
        let got = try file.read(at: base - wanted, into: block.start, count: wanted)
        // A file that shrank meanwhile has nothing there any more.
        guard got == wanted else { throw PlainFile.Failure(number: ESTALE) }
        base -= wanted
        pending += wanted
    }
}
