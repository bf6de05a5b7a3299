internal import LogModel

/// One run of bytes that gives way to the mask.
struct MaskedRange {
    var start: Int
    var end: Int
    /// Whether the mask stands there as a JSON string: it replaces a number, an object, a list.
    var quoted = false
}

/// What one text or JSON value loses to the mask, in order and without overlap; kept from call to call for its
/// storage.
package struct MaskedRanges: ~Copyable {
    private var base: UnsafeMutablePointer<MaskedRange>
    private(set) var count = 0
    private var capacity = 16

    init() { base = .allocate(capacity: capacity) }

    deinit { base.deallocate() }

    @inline(__always) mutating func removeAll() { count = 0 }

    package mutating func append(_ start: Int, _ end: Int, quoted: Bool = false) {
        if count == capacity {
            let moved = UnsafeMutablePointer<MaskedRange>.allocate(capacity: capacity * 2)
            moved.moveInitialize(from: base, count: count)
            base.deallocate()
            base = moved
            capacity *= 2
        }
        (base + count).initialize(to: MaskedRange(start: start, end: end, quoted: quoted))
        count += 1
    }

    @inline(__always) subscript(index: Int) -> MaskedRange { base[index] }

    mutating func move(_ index: Int, to start: Int, _ end: Int) {
        base[index].start = start
        base[index].end = end
    }

    /// Puts the ranges from `first` on in order and makes one of those that overlap, for when several searches
    /// went over the same text.
    mutating func settle(from first: Int) {
        guard count - first > 1 else { return }
        var found = UnsafeMutableBufferPointer(start: base + first, count: count - first)
        found.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        var last = first
        for i in first + 1..<count {
            if base[i].start < base[last].end {
                base[last].end = max(base[last].end, base[i].end)
            } else {
                last += 1
                base[last] = base[i]
            }
        }
        count = last + 1
    }

    /// Appends `text` with the mask in every range's place.
    borrowing func apply(to text: MaskText, into output: inout OutputBuffer) {
        output.reserve(text.count + count * 14)
        var copied = 0
        for i in 0..<count {
            let range = base[i]
            output.append(text.base + copied, range.start - copied)
            output.append(range.quoted ? "\"***MASKED***\"" : "***MASKED***")
            copied = range.end
        }
        output.append(text.base + copied, text.count - copied)
    }
}
