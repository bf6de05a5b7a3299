import CVectorScan

/// Where the strings of one line can end, one bit a byte: found for the whole line at once, since most strings are
/// shorter than what one vector compares. Made once and used for line after line.
struct StringStops: ~Copyable {
    private(set) var words: UnsafeMutablePointer<UInt64>
    private var capacity = 64

    init() { words = .allocate(capacity: capacity) }

    deinit { words.deallocate() }

    /// Indexes this line, and says whether it has bytes from 0x7F on; `OutputBuffer.slack` bytes behind it must be
    /// readable.
    @inline(__always)
    mutating func index(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let needed = line.count / 64 + 2
        if _slowPath(needed > capacity) { grow(to: needed * 2) }
        return cvs_index_stops(line.baseAddress!, line.count, words) != 0
    }

    private mutating func grow(to words: Int) {
        self.words.deallocate()
        capacity = words
        self.words = .allocate(capacity: capacity)
    }
}
