import LogModel

extension JournalEntry {
    /// The entry as one line for stderr, with the newline and sd-daemon(3)'s prefix:
    /// `<3>hantu-scheduler: 주문 실패 (TRACE_ID="abc12345" STACK_TRACE="Traceback…\n…")`.
    ///
    /// Control characters are escaped, so that no record forges a line.
    package var standardErrorLine: String {
        var line = OutputBuffer()
        line.append(text: "<\(self[.priority] ?? "6")>")
        JournalEntry.append(self[.identifier] ?? "", to: &line)
        line.append(": ")
        JournalEntry.append(self[.message] ?? "", to: &line)
        let others = fields.filter { ![.message, .priority, .identifier].contains($0.name) }
        for (index, field) in others.enumerated() {
            line.append(text: "\(index == 0 ? " (" : " ")\(field.name.rawValue)=\"")
            var value = field.value
            value.withUTF8 { JSONText.encode($0, into: &line) }
            line.append("\"")
        }
        line.append(others.isEmpty ? "\n" : ")\n")
        return String(decoding: line.bytes, as: UTF8.self)
    }

    /// Appends text with its unsafe characters as escapes; quotes and backslashes stay.
    private static func append(_ text: String, to line: inout OutputBuffer) {
        var text = text
        text.withUTF8 { bytes in
            var position = 0
            while position < bytes.count {
                if let (scalar, length) = UnsafeCharacter.at(position, in: bytes) {
                    JSONText.appendEscape(scalar, to: &line)
                    position += length
                } else {
                    line.append(bytes[position])
                    position += 1
                }
            }
        }
    }
}
