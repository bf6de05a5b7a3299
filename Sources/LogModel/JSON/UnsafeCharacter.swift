/// The characters that no output shows as they are, since they could forge a line, drive a terminal or turn
/// text round (contract section 5): C0, DEL, C1, U+2028/2029, bidirectional overrides and isolates; and lone
/// surrogates, which are no characters.
package enum UnsafeCharacter {
    package static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xD800...0xDFFF: true
        default: false
        }
    }

    /// The unsafe character that begins at this byte, and its length; nil where there is none.
    package static func at(
        _ position: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (scalar: UInt32, length: Int)? {
        let byte = text[position]
        switch byte {
        case 0..<0x20, 0x7F: return (UInt32(byte), 1)
        case 0xC2:
            guard position + 1 < text.count, (0x80..<0xA0).contains(text[position + 1]) else { return nil }
            return (UInt32(text[position + 1]), 2)
        case 0xE2, 0xED:
            guard position + 2 < text.count else { return nil }
            let scalar =
                UInt32(byte & 0x0F) << 12 | UInt32(text[position + 1] & 0x3F) << 6
                | UInt32(text[position + 2] & 0x3F)
            return contains(scalar) ? (scalar, 3) : nil
        default: return nil
        }
    }
}
