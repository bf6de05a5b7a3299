import NIOCore

/// The memory that all connections of a loop read into, one after the other.
///
/// Left to itself NIO keeps a buffer for each connection: 128 KiB for a client that writes a line an hour. It keeps
/// a channel's first buffer for good, and beyond that as many as `maxMessagesPerRead` less one; so the first is
/// small, the option is 1, and every later read borrows the one buffer here.
final class ReadMemory {
    private static let capacity = 128 * 1024
    private var buffer: ByteBuffer?

    /// The buffer, for one read. Whoever is done with it gives it back; if it isn't, the next read makes another.
    fileprivate func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        var lent = buffer.take() ?? allocator.buffer(capacity: ReadMemory.capacity)
        lent.clear()
        return lent
    }

    func giveBack(_ buffer: consuming ByteBuffer) {
        if buffer.capacity >= ReadMemory.capacity { self.buffer = buffer }
    }
}

/// What a channel is given for its option `recvAllocator`.
struct ReadAllocator: RecvByteBufferAllocator {
    private let memory: NIOLoopBound<ReadMemory>
    private var isFirst = true

    init(_ memory: NIOLoopBound<ReadMemory>) { self.memory = memory }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        isFirst ? allocator.buffer(capacity: 256) : memory.value.lend(allocator)
    }

    func nextBufferSize() -> Int? { nil }

    /// True: the buffer that the channel keeps isn't to be used again.
    mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}
