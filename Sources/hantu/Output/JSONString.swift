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
}
