/// Tells whether two records are the same error (contract section 5, fingerprint).
///
/// 64 bits over service, module, function, error type and the message's shape: the message with numbers, hex
/// strings, UUIDs and quoted values replaced by placeholders (`MessageShape.swift` has the rules). Fingerprints
/// are stored, so what goes in and how it is mixed never changes. Nothing is allocated.
package struct FingerprintHasher {
    private var state: UInt64 = 0x6861_6E74_755F_6670
    /// Bytes that wait until there are eight, the first in the lowest place.
    private var word: UInt64 = 0
    private var wordBits: UInt64 = 0
    /// Bytes of the current field so far.
    private(set) var length = 0

    /// Takes service, module, function and error type by `append(field:)`, in this order, then the message by
    /// `finish(message:)`; all as plain text (not as JSON escapes), what is absent empty.
    package init() {}

    /// Takes the next field.
    package mutating func append(field bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < bytes.count {
            let count = min(8, bytes.count - position)
            append(bytes.word(at: position, count: count), count: count)
            position += count
        }
        endField()
    }

    /// Takes the message, and says the fingerprint.
    package mutating func finish(message: UnsafeBufferPointer<UInt8>) -> UInt64 {
        appendShape(of: message)
        endField()
        return finish()
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) { append(UInt64(byte), count: 1) }

    /// Takes the lowest `count` (1...8) bytes of `value`; those above are zero.
    @inline(__always)
    mutating func append(_ value: UInt64, count: Int) {
        length &+= count
        word |= value << wordBits
        wordBits &+= UInt64(truncatingIfNeeded: count) &* 8
        guard wordBits >= 64 else { return }
        mix(word)
        wordBits &-= 64
        // What of the value had no room; a shift by 64 gives zero.
        word = value >> (UInt64(truncatingIfNeeded: count) &* 8 &- wordBits)
    }

    /// Closes a field, so that moving a letter from one to the next makes a difference.
    private mutating func endField() {
        mix(word)
        mix(UInt64(truncatingIfNeeded: length))
        word = 0
        wordBits = 0
        length = 0
    }

    @inline(__always)
    private mutating func mix(_ value: UInt64) {
        state = (state ^ value) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 32
    }

    private func finish() -> UInt64 {
        var mixed = (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ mixed >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ mixed >> 33
    }
}

extension LogRecord {
    /// The record's fingerprint as 16 hex digits, worked out anew from its fields.
    package var computedFingerprint: String {
        var hasher = FingerprintHasher()
        for var field in [service, module ?? "", function ?? "", errorType ?? ""] {
            field.withUTF8 { hasher.append(field: $0) }
        }
        var message = message
        var hex = OutputBuffer()
        hex.append(hex: message.withUTF8 { hasher.finish(message: $0) }, digits: 16)
        return String(decoding: hex.bytes, as: UTF8.self)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// `count` (1...8) bytes from this position on, the first in the lowest place, zeros above.
    @inline(__always)
    func word(at position: Int, count: Int) -> UInt64 {
        let kept = ~0 &>> UInt64(truncatingIfNeeded: 64 &- count &* 8)
        let raw = UnsafeRawPointer(baseAddress!)
        let beyond = position &+ 8 &- self.count
        if beyond <= 0 {
            return UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) & kept
        }
        // The last eight bytes, which end where these do, or later.
        if self.count >= 8 {
            let last = raw.loadUnaligned(fromByteOffset: self.count &- 8, as: UInt64.self)
            return UInt64(littleEndian: last) &>> UInt64(truncatingIfNeeded: beyond &* 8) & kept
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(self[position &+ index]) << UInt64(index &* 8) }
        return value
    }
}
