/// JSON strings and plain text, turned into each other.
///
/// Plain text is UTF-8, but for one thing: a lone surrogate (`\ud83d` with no partner) keeps its three bytes as
/// if it were a character, so that it survives until it is written as an escape again.
package enum JSONText {
    /// Appends the plain text of a JSON string's content (without its quotes, known to be valid).
    package static func decode(_ content: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        guard let base = content.baseAddress else { return }
        out.reserve(content.count)
        var position = 0
        var copied = 0
        while position < content.count {
            guard base[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            out.append(base + copied, position - copied)
            let (scalar, length) = escape(at: position, in: content)
            appendScalar(scalar, to: &out)
            position += length
            copied = position
        }
        out.append(base + copied, content.count - copied)
    }

    /// Appends text as the content of a JSON string (without quotes): what JSON forbids and what could drive
    /// a terminal or forge a line is escaped (contract section 5), the rest stays UTF-8.
    package static func encode(_ text: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        guard let base = text.baseAddress else { return }
        out.reserve(text.count + 16)
        var position = 0
        var copied = 0
        while position < text.count {
            let byte = base[position]
            if byte >= 0x20, byte < 0x7F {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    out.append(base + copied, position - copied)
                    out.append(UInt8(ascii: "\\"))
                    copied = position
                }
                position += 1
                continue
            }
            if byte >= 0x80, byte != 0xC2, byte != 0xE2, byte != 0xED {
                position += 1
                continue
            }
            guard let (scalar, length) = UnsafeCharacter.at(position, in: text) else {
                position += 1
                continue
            }
            out.append(base + copied, position - copied)
            appendEscape(scalar, to: &out)
            position += length
            copied = position
        }
        out.append(base + copied, text.count - copied)
    }

    /// Appends a JSON string's content as another one's: escapes of ordinary characters become UTF-8, unsafe
    /// characters become escapes.
    package static func normalize(_ content: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        guard let base = content.baseAddress else { return }
        out.reserve(content.count + 16)
        var position = 0
        var copied = 0
        while position < content.count {
            let byte = base[position]
            if byte == UInt8(ascii: "\\") {
                let next = base[position + 1]
                if next == UInt8(ascii: "u") || next == UInt8(ascii: "/") {
                    out.append(base + copied, position - copied)
                    let (scalar, length) = escape(at: position, in: content)
                    if scalar == 0x22 || scalar == 0x5C || UnsafeCharacter.contains(scalar) {
                        appendEscape(scalar, to: &out)
                    } else {
                        appendScalar(scalar, to: &out)
                    }
                    position += length
                    copied = position
                } else {
                    position += 2
                }
            } else if byte == 0x7F || byte == 0xC2 || byte == 0xE2,
                let (scalar, length) = UnsafeCharacter.at(position, in: content)
            {
                out.append(base + copied, position - copied)
                appendEscape(scalar, to: &out)
                position += length
                copied = position
            } else {
                position += 1
            }
        }
        out.append(base + copied, content.count - copied)
    }

    /// The scalar (or lone surrogate) that the escape at this place means, and the length of the escape.
    static func escape(at position: Int, in content: UnsafeBufferPointer<UInt8>) -> (UInt32, Int) {
        switch content[position + 1] {
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "u"):
            let first = unit(at: position, in: content)
            if first & 0xFC00 == 0xD800, position + 12 <= content.count,
                content[position + 6] == UInt8(ascii: "\\"), content[position + 7] == UInt8(ascii: "u")
            {
                let second = unit(at: position + 6, in: content)
                if second & 0xFC00 == 0xDC00 {
                    return (0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF), 12)
                }
            }
            return (first, 6)
        case let byte: return (UInt32(byte), 2)
        }
    }

    private static func unit(at position: Int, in content: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        for offset in 2..<6 { value = value << 4 | UInt32(hexValue(content[position + offset]) ?? 0) }
        return value
    }

    /// Appends the bytes of a scalar, or of a lone surrogate as if it were one.
    static func appendScalar(_ scalar: UInt32, to out: inout OutputBuffer) {
        switch scalar {
        case 0..<0x80: out.append(UInt8(scalar))
        case 0x80..<0x800:
            out.append(UInt8(0xC0 | scalar >> 6))
            out.append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            out.append(UInt8(0xE0 | scalar >> 12))
            out.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            out.append(UInt8(0x80 | scalar & 0x3F))
        default:
            out.append(UInt8(0xF0 | scalar >> 18))
            out.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            out.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            out.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Appends `\n`, `\"` and the like, or `\u001b`.
    package static func appendEscape(_ scalar: UInt32, to out: inout OutputBuffer) {
        out.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x0A: out.append(UInt8(ascii: "n"))
        case 0x0D: out.append(UInt8(ascii: "r"))
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x22, 0x5C: out.append(UInt8(scalar))
        default:
            out.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(scalar >> shift & 15)
                out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
    }
}
