import CVectorScan

/// Where the strings of one line can end, one bit a byte: found for the whole line at once, since most strings are
/// shorter than what one vector compares. Made once and used for line after line.
struct StringStops: ~Copyable {
    private(set) var words: UnsafeMutablePointer<UInt64>
    private var capacity = 64
    /// Whether the line has bytes from 0x7F on.
    private(set) var hasSpecialBytes = false

    init() { words = .allocate(capacity: capacity) }

    deinit { words.deallocate() }

    /// Indexes this line; `OutputBuffer.slack` bytes behind it must be readable.
    mutating func index(_ line: UnsafeBufferPointer<UInt8>) {
        let needed = line.count / 64 + 1
        if _slowPath(needed > capacity) {
            words.deallocate()
            capacity = needed * 2
            words = .allocate(capacity: capacity)
        }
        hasSpecialBytes = cvs_index_stops(line.baseAddress!, line.count, words) != 0
    }
}
