import LogModel

/// Foreign text for a terminal: what could drive it, forge a line or turn text round is shown as an escape.
enum TerminalText {
    static func append(_ text: String, to out: inout OutputBuffer) {
        var text = text
        text.withUTF8 { appendValid($0, to: &out) }
    }

    /// The same of bytes that may be no UTF-8: what is none becomes U+FFFD.
    static func append(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return out.append(bytes) }
        append(String(decoding: bytes, as: UTF8.self), to: &out)
    }

    private static func appendValid(_ text: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        var position = 0
        while position < text.count {
            if let (scalar, length) = UnsafeCharacter.at(position, in: text) {
                JSONText.appendEscape(scalar, to: &out)
                position += length
            } else {
                out.append(text[position])
                position += 1
            }
        }
    }

    /// Text of several lines, each behind this margin; tabs are four blanks.
    static func append(lines text: String, margin: String, to out: inout OutputBuffer) {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            out.append(text: margin)
            append(line.map { $0 == "\t" ? "    " : String($0) }.joined(), to: &out)
            out.append("\n")
        }
    }

    /// A line that is JSON as one that is still the same JSON, in which nothing drives a terminal.
    static func append(json line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        var text = String(decoding: line, as: UTF8.self)
        text.withUTF8 { text in
            var position = 0
            while position < text.count {
                if let (scalar, length) = UnsafeCharacter.at(position, in: text) {
                    // In valid JSON a control character is only ever white space between tokens.
                    if scalar < 0x20 { out.append(" ") } else { JSONText.appendEscape(scalar, to: &out) }
                    position += length
                } else {
                    out.append(text[position])
                    position += 1
                }
            }
        }
    }
}
