import LogModel

/// Puts a record's context together where it is more than the line's own object: unknown fields, values that
/// couldn't be taken, and flags (contract section 2).
struct ContextBuilder: ~Copyable {
    /// The JSON object, when `build` was called.
    private(set) var object = OutputBuffer(capacity: 512)
    private var members = 0
    private var taken: Set<String> = []
    private var positions: [String: Int] = [:]

    /// A flag or a value, as JSON text, under a name.
    struct Addition {
        var name: String
        var json: String
    }

    /// Builds the context of a line: its own members first, then the unknown fields, then `additions`.
    mutating func build(
        own: FieldSlot?, extras: [ExtraField], additions: [Addition], line: UnsafeBufferPointer<UInt8>
    ) {
        object.removeAll()
        members = 0
        taken.removeAll(keepingCapacity: true)
        let reader = WireReader(line: line)
        object.append(UInt8(ascii: "{"))
        if let own {
            let raw = reader.raw(own)
            if own.kind == .object {
                noteNames(of: raw)
                appendMembers(of: raw)
            } else {
                begin("context")
                append(value: own, raw: raw)
            }
        }
        let ownNames = taken
        // Of duplicate names the last one wins.
        positions.removeAll(keepingCapacity: true)
        for (index, extra) in extras.enumerated() { positions[reader.name(extra)] = index }
        for (index, extra) in extras.enumerated() {
            let name = reader.name(extra)
            guard positions[name] == index else { continue }
            begin(ownNames.contains(name) ? "field." + name : name)
            append(value: extra.value, raw: reader.raw(extra.value))
        }
        for addition in additions {
            begin(taken.contains(addition.name) ? "field." + addition.name : addition.name)
            object.append(text: addition.json)
        }
        object.append(UInt8(ascii: "}"))
    }

    private mutating func begin(_ name: String) {
        if members > 0 { object.append(UInt8(ascii: ",")) }
        members += 1
        taken.insert(name)
        object.append(text: ContextBuilder.quoted(name))
        object.append(UInt8(ascii: ":"))
    }

    private mutating func append(value: FieldSlot, raw: UnsafeBufferPointer<UInt8>) {
        if value.kind.isString { object.append(UInt8(ascii: "\"")) }
        object.append(raw)
        if value.kind.isString { object.append(UInt8(ascii: "\"")) }
    }

    /// Copies what stands between an object's braces.
    private mutating func appendMembers(of raw: UnsafeBufferPointer<UInt8>) {
        let inner = UnsafeBufferPointer(rebasing: raw[1..<raw.count - 1])
        guard inner.contains(where: { $0 > 0x20 }) else { return }
        object.append(inner)
        members += 1
    }

    /// Notes the names of an object's own members.
    private mutating func noteNames(of raw: UnsafeBufferPointer<UInt8>) {
        JSONMembers.forEach(in: raw) { name, _ in taken.insert(name) }
    }

    /// A text as a JSON string.
    static func quoted(_ text: String) -> String {
        var plain = OutputBuffer(capacity: text.utf8.count)
        plain.append(text: text)
        var json = OutputBuffer(capacity: text.utf8.count + 16)
        json.append(UInt8(ascii: "\""))
        JSONText.encode(plain.bytes, slack: OutputBuffer.slack, into: &json)
        json.append(UInt8(ascii: "\""))
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
