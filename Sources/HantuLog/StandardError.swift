internal import Glibc
internal import LogMasking
internal import LogModel

/// Where records go, masked, that nobody can deliver any more.
enum StandardError {
    /// Writes the lines in their wire form, with the service that the connection would have named.
    static func write(_ lines: [RecordBuffer.Line], service: String) {
        if lines.isEmpty { return }
        var masker = Masker()
        var out = OutputBuffer()
        for line in lines { mask(line.bytes, service: service, with: &masker, into: &out) }
        var written = 0
        while written < out.count {
            let count = Glibc.write(2, out.bytes.baseAddress! + written, out.count - written)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            written += count
        }
    }

    /// Appends one line. A record's line is an object, so its strings are masked as a context's are: fields whose
    /// names aren't secret, and what their values hold.
    static func mask(
        _ line: [UInt8], service: String, with masker: inout Masker, into out: inout OutputBuffer
    ) {
        var json = OutputBuffer()
        json.append("{\"service\":\"")
        var text = service
        text.withUTF8 { JSONText.encode($0, into: &json) }
        json.append("\",")
        line.dropFirst().withUnsafeBufferPointer { json.append($0) }
        if !masker.mask(json: json.bytes, into: &out) { out.append(json.bytes) }
    }
}
