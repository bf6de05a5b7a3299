/// What guards a row of the spool against bits that changed on the disk: 64 bits, about 10 GB/s.
///
/// Each word is mixed in by a step that no two values of the word share, so a change inside one word is always
/// noticed, any other with a probability of all but 2^-64. It is stored, so it never changes; it is no secret.
struct Checksum {
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var value: UInt64 = 0x51_7C_C1_B7_27_22_0A_95

    mutating func mix(_ word: UInt64) { value = Checksum.step(value, word) }

    mutating func mix(_ number: Int64) { mix(UInt64(bitPattern: number)) }

    /// Mixes in the length and the bytes.
    mutating func mix(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        // Four chains at once: one multiplication waits for the one before it, four don't.
        var lanes = (value, value &+ 1, value &+ 2, value &+ 3)
        while bytes.count - offset >= 32 {
            lanes.0 = Checksum.step(lanes.0, Checksum.word(bytes, offset))
            lanes.1 = Checksum.step(lanes.1, Checksum.word(bytes, offset + 8))
            lanes.2 = Checksum.step(lanes.2, Checksum.word(bytes, offset + 16))
            lanes.3 = Checksum.step(lanes.3, Checksum.word(bytes, offset + 24))
            offset += 32
        }
        value = lanes.0
        mix(lanes.1)
        mix(lanes.2)
        mix(lanes.3)
        while bytes.count - offset >= 8 {
            mix(Checksum.word(bytes, offset))
            offset += 8
        }
        var last: UInt64 = 0
        for index in offset..<bytes.count { last = last << 8 | UInt64(bytes[index]) }
        mix(last)
        mix(UInt64(bytes.count))
    }

    /// As SQLite stores it.
    var stored: Int64 { Int64(bitPattern: value) }

    @inline(__always)
    private static func step(_ value: UInt64, _ word: UInt64) -> UInt64 {
        let mixed = (value ^ word) &* multiplier
        return mixed ^ mixed >> 29
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
