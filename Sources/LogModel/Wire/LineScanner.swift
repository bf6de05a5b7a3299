import CVectorScan

/// Finds the fields of one line (contract section 2): the whole grammar is checked, values stay where they are.
package struct LineScanner {
    private let table = FieldTable.shared

    package init() {}

    package struct Failure: Error, Sendable {
        package var fault: JSONFault
        /// Bytes from the line's start.
        package var offset: Int
    }

    /// Scans a whole line, or, when it was `cut` at the limit, as much of it as is whole.
    ///
    /// `OutputBuffer.slack` bytes behind the line must be readable. Of a cut line, a message or stack trace that
    /// the cut falls into counts as far as it goes. Returns nil when the line is one JSON object.
    package func scan(
        _ line: UnsafeBufferPointer<UInt8>, cut: Bool = false, into fields: inout LineFields
    ) -> Failure? {
        fields.reset()
        guard line.count > 0 else { return Failure(fault: .endsEarly, offset: 0) }
        var cursor = JSONCursor(line)
        cursor.skipSpace()
        guard !cursor.atEnd, cursor.byte == UInt8(ascii: "{") else {
            return Failure(fault: .notAnObject, offset: cursor.position)
        }
        cursor.position += 1
        cursor.skipSpace()
        if !cursor.atEnd, cursor.byte == UInt8(ascii: "}") {
            cursor.position += 1
        } else {
            guard scanMembers(&cursor, cut: cut, into: &fields) else {
                fields.hasHighBytes = fields.hasHighBytes || cursor.sawHighBytes
                if cut, cursor.fault == .endsEarly, fields.memberCount > 0 { return nil }
                return Failure(fault: cursor.fault, offset: cursor.position)
            }
        }
        cursor.skipSpace()
        guard cursor.atEnd else { return Failure(fault: .trailingBytes, offset: cursor.position) }
        return nil
    }

    @inline(__always)
    private func scanMembers(_ cursor: inout JSONCursor, cut: Bool, into fields: inout LineFields) -> Bool {
        let base = cursor.base
        var anyHigh = false
        while true {
            // The name.
            guard !cursor.atEnd else { return cursor.fail(.endsEarly, at: cursor.end) }
            guard cursor.byte == UInt8(ascii: "\"") else {
                return cursor.fail(.unexpectedByte, at: cursor.position)
            }
            cursor.position += 1
            let keyStart = cursor.position
            guard cursor.passString() else { return false }
            let keyEnd = cursor.position - 1
            let keyHasEscape = cursor.sawEscape
            if !cursor.atEnd, cursor.byte != UInt8(ascii: ":") { cursor.skipSpace() }
            guard !cursor.atEnd else { return cursor.fail(.endsEarly, at: cursor.end) }
            guard cursor.byte == UInt8(ascii: ":") else {
                return cursor.fail(.unexpectedByte, at: cursor.position)
            }
            cursor.position += 1
            cursor.skipSpace()

            // Its value.
            guard !cursor.atEnd else { return cursor.fail(.endsEarly, at: cursor.end) }
            anyHigh = anyHigh || cursor.sawHighBytes
            cursor.sawHighBytes = false
            var slot = FieldSlot()
            let valueStart = cursor.position
            let found = keyHasEscape ? nil : table.find(base + keyStart, keyEnd - keyStart)
            if cursor.byte == UInt8(ascii: "\"") {
                cursor.position += 1
                guard cursor.passString() else {
                    anyHigh = anyHigh || cursor.sawHighBytes
                    if cut, cursor.fault == .endsEarly, let (field, rank) = found {
                        takeCutString(&cursor, from: valueStart + 1, field: field, rank: rank, into: &fields)
                    }
                    fields.hasHighBytes = anyHigh
                    return false
                }
                slot.start = UInt32(truncatingIfNeeded: valueStart + 1)
                slot.end = UInt32(truncatingIfNeeded: cursor.position - 1)
                slot.kind = cursor.sawEscape ? .escapedString : .plainString
                slot.hasHighBytes = cursor.sawHighBytes
            } else {
                guard let kind = cursor.passValue(depth: 1) else {
                    fields.hasHighBytes = anyHigh || cursor.sawHighBytes
                    return false
                }
                // A number at the very end of a cut line may go on behind the cut.
                if cut, kind == .number, cursor.atEnd { return cursor.fail(.endsEarly, at: cursor.end) }
                slot.start = UInt32(truncatingIfNeeded: valueStart)
                slot.end = UInt32(truncatingIfNeeded: cursor.position)
                slot.kind = kind
                slot.hasHighBytes = cursor.sawHighBytes
            }
            anyHigh = anyHigh || cursor.sawHighBytes
            fields.memberCount += 1
            if let (field, rank) = found {
                slot.rank = rank
                let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: field)
                if fields.present & bit == 0 {
                    if slot.kind != .null {
                        fields.present |= bit
                        fields.slots[field] = slot
                    }
                } else {
                    settle(slot, field: field, into: &fields)
                }
            } else {
                fields.extras.append(
                    ExtraField(
                        keyStart: UInt32(truncatingIfNeeded: keyStart),
                        keyEnd: UInt32(truncatingIfNeeded: keyEnd),
                        keyHasEscape: keyHasEscape, value: slot))
            }

            // What comes next.
            if !cursor.atEnd, cursor.byte <= 0x20 { cursor.skipSpace() }
            guard !cursor.atEnd else {
                fields.hasHighBytes = anyHigh
                return cursor.fail(.endsEarly, at: cursor.end)
            }
            let byte = cursor.byte
            cursor.position += 1
            if byte == UInt8(ascii: "}") {
                fields.hasHighBytes = anyHigh
                return true
            }
            guard byte == UInt8(ascii: ",") else {
                return cursor.fail(.unexpectedByte, at: cursor.position - 1)
            }
            cursor.skipSpace()
        }
    }

    /// A second value for one field: the better name wins, of the same name the last; the loser is an extra.
    private func settle(_ slot: FieldSlot, field: Int, into fields: inout LineFields) {
        let holder = fields.slots[field]
        if slot.rank == holder.rank {
            if slot.kind == .null {
                fields.present &= ~(1 << UInt32(field))
            } else {
                fields.slots[field] = slot
            }
            return
        }
        guard slot.kind != .null else { return }
        let loser = slot.rank < holder.rank ? holder : slot
        if slot.rank < holder.rank { fields.slots[field] = slot }
        fields.extras.append(ExtraField(field: Field(rawValue: UInt8(field)), value: loser))
    }

    /// Keeps what there is of a message or stack trace that the cut falls into.
    private func takeCutString(
        _ cursor: inout JSONCursor, from start: Int, field: Int, rank: UInt8, into fields: inout LineFields
    ) {
        guard field == Int(Field.message.rawValue) || field == Int(Field.stackTrace.rawValue),
            fields.present & (1 << UInt32(field)) == 0
        else { return }
        var slot = FieldSlot()
        slot.start = UInt32(start)
        slot.end = UInt32(JSONCursor.wholeEscapes(in: cursor.base, from: start, to: cursor.end))
        slot.kind = .escapedString
        slot.rank = rank
        slot.hasHighBytes = true
        fields.present |= 1 << UInt32(field)
        fields.slots[field] = slot
        fields.memberCount += 1
    }
}

extension JSONCursor {
    /// Where string content ends if an escape that the end falls into is left out.
    static func wholeEscapes(in base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end {
            guard base[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            guard position + 1 < end else { return position }
            let length = base[position + 1] == UInt8(ascii: "u") ? 6 : 2
            guard position + length <= end else { return position }
            position += length
        }
        return end
    }
}
