import CVectorScan
import LogModel

/// Copies text, with the characters that no output shows as they are written as escapes (contract section 5).
enum SafeText {
    /// Appends text: `\n`, `\t`, `\u001b`; a backslash stays as it is.
    ///
    /// The same is right for the content of a JSON string that has no quotes or backslashes. Lone surrogates may
    /// stand in the text, as three bytes each.
    @inline(__always)
    static func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        guard let base = text.baseAddress else { return }
        out.reserve(text.count)
        var position = 0
        while position < text.count {
            cvs_copy16(out.tail, base + position)
            let marks = cvs_unsafe_leads(base + position)
            let step = min(16, text.count &- position)
            if _fastPath(marks == 0) {
                out.end &+= step
                position &+= step
            } else {
                position &+= appendMarked(text, from: position, count: step, marks: marks, to: &out)
                out.reserve(text.count &- position)
            }
        }
    }

    /// Appends text in which nothing is unsafe.
    @inline(__always)
    static func append(safe text: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        guard let base = text.baseAddress else { return }
        out.reserve(text.count)
        var position = 0
        while position < text.count {
            cvs_copy16(out.tail + position, base + position)
            position &+= 16
        }
        out.end &+= text.count
    }

    /// Appends at most `count` bytes whose lowest bytes stand behind the buffer's end already, `marks` saying
    /// which may begin an unsafe character; returns how many bytes of the text are done.
    @inline(never)
    private static func appendMarked(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, count: Int, marks: UInt32,
        to out: inout OutputBuffer
    ) -> Int {
        var bits = marks & ((1 << UInt32(count)) &- 1)
        while bits != 0 {
            let distance = bits.trailingZeroBitCount
            if let (scalar, length) = UnsafeCharacter.at(start + distance, in: text) {
                out.end += distance
                JSONText.appendEscape(scalar, to: &out)
                return distance + length
            }
            bits &= bits - 1
        }
        out.end += count
        return count
    }

    /// Appends valid JSON with unsafe characters inside its strings as escapes; white space between its tokens
    /// becomes a space.
    static func append(json text: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        guard let base = text.baseAddress else { return }
        out.reserve(text.count)
        var position = 0
        var copied = 0
        while position < text.count {
            let bits = cvs_unsafe_leads(base + position)
            guard bits != 0 else {
                position += 16
                continue
            }
            position += bits.trailingZeroBitCount
            guard position < text.count else { break }
            guard let (scalar, length) = UnsafeCharacter.at(position, in: text) else {
                position += 1
                continue
            }
            out.append(base + copied, position - copied)
            // A control character can only stand between tokens.
            if scalar < 0x20 { out.append(0x20) } else { JSONText.appendEscape(scalar, to: &out) }
            position += length
            copied = position
        }
        out.append(base + copied, text.count - copied)
    }
}
