import LogModel

/// Text as a JSON string with its quotes.
enum JSONString {
    static func append(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        append(String(decoding: bytes, as: UTF8.self), to: &out)
    }

    static func append(_ text: String, to out: inout OutputBuffer) {
        var text = text
        out.append("\"")
        text.withUTF8 { JSONText.encode($0, into: &out) }
        out.append("\"")
    }

    /// An array of strings.
    static func append(list texts: [String], to out: inout OutputBuffer) {
        out.append("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { out.append(",") }
            append(text, to: &out)
        }
        out.append("]")
    }
}
