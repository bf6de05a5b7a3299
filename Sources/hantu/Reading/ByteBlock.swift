import LogModel

/// Room for a run of bytes; `OutputBuffer.slack` bytes behind it may be read.
struct ByteBlock: ~Copyable {
    private(set) var start: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        start = .allocate(capacity: capacity + OutputBuffer.slack)
        start.initialize(repeating: 0, count: capacity + OutputBuffer.slack)
    }

    deinit { start.deallocate() }

    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
    }

    /// Makes the room `capacity` bytes large; the first `count` bytes move to this offset.
    mutating func grow(to capacity: Int, moving count: Int, to offset: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + OutputBuffer.slack)
        larger.initialize(repeating: 0, count: capacity + OutputBuffer.slack)
        (larger + offset).update(from: start, count: count)
        start.deallocate()
        start = larger
        self.capacity = capacity
    }

    /// Moves the first `count` bytes to this offset.
    mutating func shift(_ count: Int, to offset: Int) {
        UnsafeMutableRawPointer(start + offset).copyMemory(from: start, byteCount: count)
    }
}
