/// A growing run of bytes with one owner.
///
/// At least `OutputBuffer.slack` bytes behind the last one may be read (their value is undefined), so that
/// wide loads can run over the end of whatever stands in it.
///
/// It is public, as are the few other types that the hot path touches per record, since the compiler inlines
/// only what is public across modules (a `package` declaration stays a call, `@inlinable` or not).
public struct OutputBuffer: ~Copyable {
    /// Readable bytes behind the end.
    @inlinable @inline(__always) public static var slack: Int { 64 }

    @usableFromInline private(set) var base: UnsafeMutablePointer<UInt8>
    @usableFromInline private(set) var capacity: Int
    /// Bytes written; who writes behind it through `tail` moves it.
    public var end: Int

    /// An empty buffer with room for `capacity` bytes.
    package init(capacity: Int = 256) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity + OutputBuffer.slack)
        end = 0
    }

    /// A buffer that holds this text.
    package init(copying text: String) {
        self.init(capacity: text.utf8.count)
        append(text: text)
    }

    deinit { base.deallocate() }

    /// Bytes written.
    @inlinable @inline(__always) public var count: Int { end }
    /// Whether nothing was written.
    @inlinable @inline(__always) public var isEmpty: Bool { end == 0 }

    /// What was written; valid until the next change of the buffer.
    @inlinable @inline(__always) public var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base, count: end)
    }

    /// Where the next byte goes; as far as was reserved, and `slack` bytes more, may be written.
    @inlinable @inline(__always) public var tail: UnsafeMutablePointer<UInt8> { base + end }

    /// Makes room for `count` more bytes.
    @inlinable @inline(__always) public mutating func reserve(_ count: Int) {
        if _slowPath(end + count > capacity) { grow(to: end + count) }
    }

    /// Appends one byte.
    @inlinable @inline(__always) public mutating func append(_ byte: UInt8) {
        reserve(1)
        base[end] = byte
        end += 1
    }

    /// Appends these bytes.
    @inlinable @inline(__always) public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        append(start, bytes.count)
    }

    /// Appends `count` bytes from `start` on.
    @inlinable @inline(__always) public mutating func append(_ start: UnsafePointer<UInt8>, _ count: Int) {
        reserve(count)
        (base + end).update(from: start, count: count)
        end += count
    }

    /// Appends a literal.
    @inlinable @inline(__always) public mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Appends a text that is no literal. (A literal would become a `String` here, if the label were not.)
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Forgets everything behind the first `count` bytes.
    @inlinable @inline(__always) public mutating func truncate(to count: Int) { end = count }

    /// Forgets what was written; the memory stays.
    @inlinable @inline(__always) public mutating func removeAll() { end = 0 }

    /// Puts another buffer in this one's place and hands this one out.
    package mutating func replace(with other: consuming OutputBuffer) -> OutputBuffer {
        let old = self
        self = other
        return old
    }

    @usableFromInline mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + OutputBuffer.slack)
        moved.update(from: base, count: end)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
