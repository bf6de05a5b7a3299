/// A record's identity for de-duplication: a UUID (contract section 2, `id`).
package struct EventID: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 7 UUID of this millisecond and these 74 random bits (RFC 9562, section 5.7).
    package init(milliseconds: UInt64, random: (UInt64, UInt64)) {
        high = milliseconds << 16 | 0x7000 | random.0 & 0xfff
        low = 0x8000_0000_0000_0000 | random.1 >> 2
    }

    /// The UUID written in this text: 32 hex digits, with the four usual hyphens or with none.
    package init?(_ text: some Sequence<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        var position = 0
        var hyphens = 0
        for byte in text {
            if byte == UInt8(ascii: "-") {
                guard [8, 13, 18, 23].contains(position) else { return nil }
                hyphens += 1
            } else {
                let value: UInt8
                switch byte {
                case 0x30...0x39: value = byte - 0x30
                case 0x41...0x46: value = byte - 0x41 + 10
                case 0x61...0x66: value = byte - 0x61 + 10
                default: return nil
                }
                guard digits < 32 else { return nil }
                if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
                digits += 1
            }
            position += 1
        }
        guard digits == 32, hyphens == 0 || hyphens == 4 else { return nil }
        self.init(high: high, low: low)
    }
}

extension EventID: CustomStringConvertible {
    /// Lower case, with hyphens.
    package var description: String {
        var text = OutputBuffer()
        text.append(self)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
