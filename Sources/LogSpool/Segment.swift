internal import LogModel

/// What a segment's row says about its records.
struct SegmentHeader: Equatable, Sendable {
    /// The number of its first record; the others follow without a gap.
    var first: Int64
    var count: Int
    var bytes: Int
    /// The outputs that any of its records is for.
    var outputs: UInt8
    /// The severities of its records, one bit each.
    var levels: UInt8
    /// When it was committed, in Unix milliseconds.
    var storedAt: Int64
    /// Where its frames lie; nil where that is the row itself.
    var place: SegmentFiles.Place?

    /// The number behind its last record.
    var end: Int64 { first + Int64(count) }

    func holds(_ level: Severity) -> Bool { levels & (1 << level.rawValue) != 0 }
    func isFor(bit: Int) -> Bool { outputs & (1 << UInt8(bit)) != 0 }

    /// What guards the row: the header's own fields and the frames.
    func checksum(of frames: UnsafeRawBufferPointer) -> Int64 {
        var sum = Checksum()
        sum.mix(first)
        sum.mix(Int64(count))
        sum.mix(Int64(outputs) << 8 | Int64(levels))
        sum.mix(storedAt)
        sum.mix(frames)
        return sum.stored
    }
}

/// Frames that are gathered until they are a segment.
struct SegmentDraft: ~Copyable {
    /// Bytes from which on the next record starts another segment: large enough that a row's own cost doesn't
    /// count, small enough to be read again for every batch.
    static let limit = 262_144

    var frames = OutputBuffer(capacity: 4096)
    private(set) var count = 0
    private(set) var outputs: UInt8 = 0
    private(set) var levels: UInt8 = 0
    /// Records by bit of `OutputSet`.
    private(set) var waiting = [Int](repeating: 0, count: 8)

    var isEmpty: Bool { count == 0 }

    func hasRoom(for payload: Int) -> Bool {
        isEmpty || frames.count + RecordFrame.headerSize + payload <= SegmentDraft.limit
    }

    /// Adds one frame; `outputs` empty and no payload is what a dropped record leaves behind.
    mutating func append(_ severity: Severity, _ outputs: OutputSet, _ payload: UnsafeBufferPointer<UInt8>) {
        let start = RecordFrame.open(in: &frames)
        frames.append(payload)
        RecordFrame.close(at: start, in: &frames, severity: severity, outputs: outputs)
        count += 1
        self.outputs |= outputs.rawValue
        if !outputs.isEmpty { levels |= 1 << severity.rawValue }
        outputs.forEachBit { waiting[$0] += 1 }
    }

    func header(first: Int64, storedAt: Int64) -> SegmentHeader {
        SegmentHeader(
            first: first, count: count, bytes: frames.count, outputs: outputs, levels: levels,
            storedAt: storedAt)
    }

    mutating func removeAll() {
        frames.removeAll()
        count = 0
        outputs = 0
        levels = 0
        for bit in waiting.indices { waiting[bit] = 0 }
    }
}

extension OutputSet {
    /// Calls `body` with the number of each bit that is set.
    @inline(__always)
    func forEachBit(_ body: (Int) throws -> Void) rethrows {
        var rest = rawValue
        while rest != 0 {
            try body(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
    }

    /// The number of its only bit.
    var bit: Int {
        precondition(rawValue.nonzeroBitCount == 1, "one output was asked for")
        return rawValue.trailingZeroBitCount
    }
}
