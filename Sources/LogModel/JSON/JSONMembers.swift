/// The members of a JSON object, for places where speed doesn't matter.
package enum JSONMembers {
    /// Calls `body` with the decoded name and the value of each member; the slot's offsets count from `object`'s
    /// start. The text must be one valid object with `OutputBuffer.slack` readable bytes behind it.
    package static func forEach(
        in object: UnsafeBufferPointer<UInt8>, _ body: (_ name: String, _ value: FieldSlot) -> Void
    ) {
        var cursor = JSONCursor(object, from: 0)
        let reader = WireReader(line: object)
        cursor.skipSpace()
        cursor.position += 1
        while true {
            cursor.skipSpace()
            guard !cursor.atEnd, cursor.byte == UInt8(ascii: "\"") else { return }
            cursor.position += 1
            let nameStart = cursor.position
            guard cursor.passString() else { return }
            let name = FieldSlot(
                start: UInt32(nameStart), end: UInt32(cursor.position - 1),
                kind: cursor.sawEscape ? .escapedString : .plainString)
            cursor.skipSpace()
            cursor.position += 1
            cursor.skipSpace()
            let start = cursor.position
            guard let kind = cursor.passValue(depth: 1) else { return }
            let quote = kind.isString ? 1 : 0
            body(
                reader.text(name) ?? "",
                FieldSlot(start: UInt32(start + quote), end: UInt32(cursor.position - quote), kind: kind))
            cursor.skipSpace()
            guard !cursor.atEnd, cursor.byte == UInt8(ascii: ",") else { return }
            cursor.position += 1
        }
    }
}
