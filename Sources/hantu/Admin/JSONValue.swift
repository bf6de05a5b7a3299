import LogModel

/// A JSON value that was read; numbers keep their text.
indirect enum JSONValue: Equatable {
    case text(String)
    case number(String)
    case flag(Bool)
    case null
    case list([JSONValue])
    /// In the order in which they stand; of two of a name the first is found.
    case object([Member])

    struct Member: Equatable {
        var name: String
        var value: JSONValue
        /// The value as it stands in the text.
        var raw: [UInt8]
    }

    /// nil where the text is no JSON.
    init?(_ bytes: [UInt8]) {
        var padded = OutputBuffer(capacity: bytes.count)
        bytes.withUnsafeBufferPointer { padded.append($0) }
        guard padded.count > 0 else { return nil }
        var cursor = JSONCursor(padded.bytes)
        cursor.skipSpace()
        let start = cursor.position
        guard cursor.passValue() != nil else { return nil }
        let end = cursor.position
        cursor.skipSpace()
        guard cursor.atEnd else { return nil }
        self.init(valid: padded.bytes, start, end)
    }

    /// A value that is known to be valid.
    private init(valid text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        switch text[start] {
        case UInt8(ascii: "{"): self = .object(JSONValue.members(text, start))
        case UInt8(ascii: "["): self = .list(JSONValue.elements(text, start))
        case UInt8(ascii: "\""):
            var plain = OutputBuffer(capacity: end - start)
            JSONText.decode(UnsafeBufferPointer(rebasing: text[(start + 1)..<(end - 1)]), into: &plain)
            self = .text(String(decoding: plain.bytes, as: UTF8.self))
        case UInt8(ascii: "t"): self = .flag(true)
        case UInt8(ascii: "f"): self = .flag(false)
        case UInt8(ascii: "n"): self = .null
        default: self = .number(String(decoding: text[start..<end], as: UTF8.self))
        }
    }

    private static func members(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> [Member] {
        var members: [Member] = []
        walk(text, start) { cursor in
            let nameStart = cursor.position
            _ = cursor.passValue()
            guard case .text(let name) = JSONValue(valid: text, nameStart, cursor.position) else { return }
            cursor.skipSpace()
            cursor.position += 1
            cursor.skipSpace()
            let valueStart = cursor.position
            _ = cursor.passValue()
            members.append(
                Member(
                    name: name, value: JSONValue(valid: text, valueStart, cursor.position),
                    raw: Array(text[valueStart..<cursor.position])))
        }
        return members
    }

    private static func elements(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> [JSONValue] {
        var elements: [JSONValue] = []
        walk(text, start) { cursor in
            let valueStart = cursor.position
            _ = cursor.passValue()
            elements.append(JSONValue(valid: text, valueStart, cursor.position))
        }
        return elements
    }

    /// Calls `body` at the beginning of everything between the brackets.
    private static func walk(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ body: (inout JSONCursor) -> Void
    ) {
        var cursor = JSONCursor(text, from: start + 1)
        while true {
            cursor.skipSpace()
            if cursor.byte == UInt8(ascii: "]") || cursor.byte == UInt8(ascii: "}") { return }
            body(&cursor)
            cursor.skipSpace()
            if cursor.byte == UInt8(ascii: ",") { cursor.position += 1 }
        }
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; nil of anything else.
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    var decimal: Double? { if case .number(let text) = self { Double(text) } else { nil } }
    var isTrue: Bool { self == .flag(true) }
    /// Seconds since 1970 of a time as the daemon writes it.
    var moment: Double? {
        guard var time = text else { return nil }
        return time.withUTF8 { DateTimeText($0)?.timestamp(in: $0, zone: .utc).secondsSince1970 }
    }
    var elements: [JSONValue] { if case .list(let elements) = self { elements } else { [] } }
    /// The value as JSON again, without blanks; numbers keep their digits.
    var json: [UInt8] {
        var out = OutputBuffer()
        append(to: &out)
        return Array(out.bytes)
    }

    private func append(to out: inout OutputBuffer) {
        switch self {
        case .text(let text): JSONString.append(text, to: &out)
        case .number(let text): out.append(text: text)
        case .flag(let flag): out.append(flag ? "true" : "false")
        case .null: out.append("null")
        case .list(let elements):
            out.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(",") }
                element.append(to: &out)
            }
            out.append("]")
        case .object(let members):
            out.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(",") }
                JSONString.append(member.name, to: &out)
                out.append(":")
                member.raw.withUnsafeBufferPointer { out.append($0) }
            }
            out.append("}")
        }
    }

    var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
