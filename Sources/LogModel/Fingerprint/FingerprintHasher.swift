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

    init() {}

    /// The fingerprint of a record with these fields, given as plain text (not as JSON escapes); what is absent
    /// is empty.
    package static func fingerprint(
        service: UnsafeBufferPointer<UInt8>, module: UnsafeBufferPointer<UInt8>,
        function: UnsafeBufferPointer<UInt8>, errorType: UnsafeBufferPointer<UInt8>,
        message: UnsafeBufferPointer<UInt8>
    ) -> UInt64 {
        var hasher = FingerprintHasher()
        hasher.appendField(service)
        hasher.appendField(module)
        hasher.appendField(function)
        hasher.appendField(errorType)
        hasher.appendShape(of: message)
        hasher.endField()
        return hasher.finish()
    }

    /// Appends the 16 hex digits.
    package static func append(_ fingerprint: UInt64, to out: inout OutputBuffer) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: fingerprint >> shift) & 15
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
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

    private mutating func appendField(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < bytes.count {
            let count = min(8, bytes.count - position)
            append(bytes.word(at: position, count: count), count: count)
            position += count
        }
        endField()
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
        func bytes<Result>(
            _ text: String?, _ body: (UnsafeBufferPointer<UInt8>) -> Result
        ) -> Result {
            var text = text ?? ""
            return text.withUTF8(body)
        }
        let value = bytes(service) { service in
            bytes(module) { module in
                bytes(function) { function in
                    bytes(errorType) { errorType in
                        bytes(message) { message in
                            FingerprintHasher.fingerprint(
                                service: service, module: module, function: function, errorType: errorType,
                                message: message)
                        }
                    }
                }
            }
        }
        var hex = OutputBuffer()
        FingerprintHasher.append(value, to: &hex)
        return String(decoding: hex.bytes, as: UTF8.self)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// `count` (1...8) bytes from this position on, the first in the lowest place, zeros above.
    @inline(__always)
    func word(at position: Int, count: Int) -> UInt64 {
        if position &+ 8 <= self.count {
            let all = UInt64(
                littleEndian: UnsafeRawPointer(baseAddress!).loadUnaligned(
                    fromByteOffset: position, as: UInt64.self))
            return count == 8 ? all : all & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(self[position &+ index]) << UInt64(index &* 8) }
        return value
    }
}
