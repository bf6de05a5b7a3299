import CVectorScan

/// JSON strings and plain text, turned into each other.
///
/// Plain text is UTF-8, but for one thing: a lone surrogate (`\ud83d` with no partner) keeps its three bytes as
/// if it were a character, so that it survives until it is written as an escape again.
///
/// `slack` is how many bytes behind the text may be read, whatever they hold: with `OutputBuffer.slack` the last few
/// bytes need no way of their own.
package enum JSONText {
    /// Appends the plain text of a JSON string's content (without its quotes, known to be valid).
    package static func decode(
        _ content: UnsafeBufferPointer<UInt8>, slack: Int = 0, into out: inout OutputBuffer
    ) {
        guard let base = content.baseAddress else { return }
        // No escape is shorter than what it stands for.
        out.reserve(content.count)
        var position = 0
        while true {
            let left = content.count &- position
            let step = cvs_unescape(base + position, left, left &+ slack, out.tail)
            out.end &+= step.written
            position &+= step.read
            guard position < content.count else { return }
            let (scalar, length) = escape(at: position, in: content)
            appendScalar(scalar, to: &out)
            position += length
        }
    }

    /// Appends text as the content of a JSON string (without quotes): what JSON forbids and what could drive
    /// a terminal or forge a line is escaped (contract section 5), the rest stays UTF-8.
    package static func encode(
        _ text: UnsafeBufferPointer<UInt8>, slack: Int = 0, into out: inout OutputBuffer
    ) {
        var position = 0
        out.reserve(text.count)
        while copyRun(of: text, slack: slack, from: &position, to: &out, until: { cvs_json_marks($0) }) {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                appendEscape(UInt32(byte), to: &out)
                position += 1
            } else if let (scalar, length) = UnsafeCharacter.at(position, in: text) {
                appendEscape(scalar, to: &out)
                position += length
            } else {
                out.append(byte)
                position += 1
            }
            out.reserve(text.count - position)
        }
    }

    /// Appends a JSON string's content as another one's: escapes of ordinary characters become UTF-8, unsafe
    /// characters become escapes.
    package static func normalize(
        _ content: UnsafeBufferPointer<UInt8>, slack: Int = 0, into out: inout OutputBuffer
    ) {
        var position = 0
        out.reserve(content.count)
        while copyRun(
            of: content, slack: slack, from: &position, to: &out, until: { cvs_escape_marks($0) })
        {
            let byte = content[position]
            if byte == UInt8(ascii: "\\") {
                position += normalizeEscape(at: position, in: content, to: &out)
                // An escape grows only where it becomes another one, which is as long.
                continue
            }
            if let (scalar, length) = UnsafeCharacter.at(position, in: content) {
                appendEscape(scalar, to: &out)
                position += length
            } else {
                out.append(byte)
                position += 1
            }
            out.reserve(content.count - position)
        }
    }

    /// Bytes that one step looks at: sixteen, and the one behind them.
    private static var seen: Int { 17 }

    /// Appends what an escape of a JSON string becomes in another one; returns its length.
    @inline(__always)
    private static func normalizeEscape(
        at position: Int, in content: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer
    ) -> Int {
        let next = content[position + 1]
        if isKept(next) {
            out.append(UInt8(ascii: "\\"))
            out.append(next)
            return 2
        }
        let (scalar, length) = escape(at: position, in: content)
        if scalar == 0x22 || scalar == 0x5C || UnsafeCharacter.contains(scalar) {
            appendEscape(scalar, to: &out)
        } else {
            appendScalar(scalar, to: &out)
        }
        return length
    }

    /// Whether an escape with this letter stays as it is.
    @inline(__always)
    private static func isKept(_ letter: UInt8) -> Bool {
        letter != UInt8(ascii: "u") && letter != UInt8(ascii: "/")
    }

    /// Copies text from `position` on up to the first byte that `marks` finds, sixteen bytes at a time; false at
    /// the text's end. There must be room for the rest of the text.
    @inline(__always)
    private static func copyRun(
        of text: UnsafeBufferPointer<UInt8>, slack: Int, from position: inout Int, to out: inout OutputBuffer,
        until marks: (UnsafePointer<UInt8>) -> UInt32
    ) -> Bool {
        guard let base = text.baseAddress else { return false }
        let readable = text.count &+ slack
        while position < text.count {
            let found: UInt32
            if _fastPath(position &+ seen <= readable) {
                cvs_copy16(out.tail, base + position)
                found = marks(base + position)
            } else {
                // Behind the last bytes somebody else's memory begins: they are looked at in our own.
                out.tail.update(from: base + position, count: text.count &- position)
                (out.tail + (text.count &- position)).update(repeating: 0, count: seen)
                found = marks(out.tail)
            }
            let step = min(found == 0 ? 16 : found.trailingZeroBitCount, text.count &- position)
            out.end &+= step
            position &+= step
            if found != 0 { return position < text.count }
        }
        return false
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
