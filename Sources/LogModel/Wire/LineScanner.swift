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
        fields.hasSpecialBytes = fields.stops.index(line)
        var walk = LineWalk(line, fields.stops.words)
        if let failure = scanMembers(&walk, cut: cut, into: &fields) {
            return cut && failure.fault == .endsEarly && fields.memberCount > 0 ? nil : failure
        }
        walk.skipSpace()
        return walk.position < walk.end ? Failure(fault: .trailingBytes, offset: walk.position) : nil
    }

    /// Where the name of a member stands, and whose it is.
    private struct Name {
        var start = 0
        var end = 0
        var hasEscape = false
        var field = LineShape.unknownField
        var rank: UInt8 = 0
        /// Whether the value is a string, whose opening quote is passed.
        var opensString = false
    }

    @inline(__always)
    private func scanMembers(_ place: inout LineWalk, cut: Bool, into fields: inout LineFields) -> Failure? {
        // A copy that nobody else can touch, for the registers.
        var walk = place
        defer { place = walk }
        var state = cvs_walk()
        while true {
            fields.shape.pass(walk, &state, into: fields.slots)
            fields.present = state.present
            fields.memberCount = Int(state.members)
            // Where the last value ends; of a string before its closing quote.
            let joint = Int(state.joint)
            let followsString = state.follows_string != 0
            walk.position = joint &+ Int(state.follows_string)
            if state.is_done != 0 {
                walk.position = walk.end
                return nil
            }
            var name = Name()
            let index = fields.memberCount
            if let known = fields.shape.match(
                walk.base + joint, at: index, limit: walk.end &- joint, followsString: followsString)
            {
                name.start = joint &+ Int(known.pointee.key_start)
                name.end = name.start &+ Int(known.pointee.key_length)
                name.field = known.pointee.field
                name.rank = known.pointee.sort.rank
                name.opensString = known.pointee.opens_string != 0
                walk.position = joint &+ Int(known.pointee.length)
            } else {
                let read = readJoint(walk, from: joint, followsString: followsString, at: index, into: fields)
                walk.position = read.position
                if let failure = read.failure { return failure }
                if read.isEnd { return nil }
                name = read.name
            }

            var slot = FieldSlot()
            if name.opensString {
                let start = walk.position
                slot.kind = .plainString
                if _slowPath(!walk.passPlainString()) {
                    let passed = passString(walk)
                    if let failure = passed.failure {
                        if cut, failure.fault == .endsEarly, name.field != LineShape.unknownField {
                            takeCutString(
                                walk, from: start, field: Int(name.field), rank: name.rank, into: &fields)
                        }
                        return failure
                    }
                    walk.position = passed.end
                    slot.kind = .escapedString
                    slot.isNormal = passed.isNormal
                }
                state.joint = walk.position &- 1
                slot.start = UInt32(truncatingIfNeeded: start)
            } else {
                slot.start = UInt32(truncatingIfNeeded: walk.position)
                if walk.passSmallInteger() {
                    slot.kind = .number
                } else {
                    var cursor = walk.cursor()
                    guard let kind = cursor.passValue(depth: 1) else {
                        return Failure(fault: cursor.fault, offset: cursor.position)
                    }
                    walk.position = cursor.position
                    // A number at the very end of a cut line may go on behind the cut.
                    if cut, kind == .number, walk.position >= walk.end { return walk.failure() }
                    slot.kind = kind
                }
                state.joint = walk.position
            }
            state.follows_string = name.opensString ? 1 : 0
            slot.end = UInt32(truncatingIfNeeded: state.joint)
            if name.field != LineShape.unknownField {
                slot.rank = name.rank
                take(slot, field: Int(name.field), into: &fields)
            } else {
                fields.extras.append(
                    ExtraField(
                        keyStart: UInt32(truncatingIfNeeded: name.start),
                        keyEnd: UInt32(truncatingIfNeeded: name.end), keyHasEscape: name.hasEscape,
                        value: slot))
            }
            state.present = fields.present
            state.members = UInt32(truncatingIfNeeded: index &+ 1)
        }
    }

    /// Reads what stands before a member's value, or behind the last one's: `","level":"`, `}`.
    @inline(never)
    private func readJoint(
        _ place: LineWalk, from start: Int, followsString: Bool, at index: Int,
        into fields: borrowing LineFields
    ) -> (position: Int, name: Name, isEnd: Bool, failure: Failure?) {
        var walk = place
        var name = Name()
        // The walk is behind the value already, and so behind a string's closing quote.
        walk.skipSpace()
        if index == 0 {
            guard walk.isAt(UInt8(ascii: "{")) else {
                return (walk.position, name, false, Failure(fault: .notAnObject, offset: walk.position))
            }
        } else if walk.isAt(UInt8(ascii: "}")) {
            return (walk.position &+ 1, name, true, nil)
        } else if !walk.isAt(UInt8(ascii: ",")) {
            return (walk.position, name, false, walk.failure())
        }
        walk.position &+= 1
        walk.skipSpace()
        if index == 0, walk.isAt(UInt8(ascii: "}")) { return (walk.position &+ 1, name, true, nil) }
        guard walk.isAt(UInt8(ascii: "\"")) else { return (walk.position, name, false, walk.failure()) }
        walk.position &+= 1
        name.start = walk.position
        if !walk.passPlainString() {
            let passed = passString(walk)
            if let failure = passed.failure { return (walk.position, name, false, failure) }
            (walk.position, name.hasEscape) = (passed.end, true)
        }
        name.end = walk.position &- 1
        walk.skipSpace()
        guard walk.isAt(UInt8(ascii: ":")) else { return (walk.position, name, false, walk.failure()) }
        walk.position &+= 1
        walk.skipSpace()
        name.opensString = walk.isAt(UInt8(ascii: "\""))
        if name.opensString { walk.position &+= 1 }
        guard !name.hasEscape else { return (walk.position, name, false, nil) }
        let found = table.find(walk.base + name.start, name.end &- name.start)
        if let found { (name.field, name.rank) = (found.pointee.field, found.pointee.rank) }
        fields.shape.note(
            walk.base + start, length: walk.position &- start,
            key: name.start &- start..<name.end &- start, field: found.map { Int($0.pointee.field) },
            rank: name.rank, opensString: name.opensString, followsString: followsString, at: index)
        return (walk.position, name, false, nil)
    }

    /// Passes a string with escapes, or one that isn't whole.
    @inline(never)
    private func passString(_ walk: LineWalk) -> (end: Int, isNormal: Bool, failure: Failure?) {
        var hasLong: UInt8 = 0
        let end = cvs_string_end(walk.base, walk.end, walk.stops, walk.position, &hasLong)
        if end < walk.end, walk.base[end] == UInt8(ascii: "\"") { return (end &+ 1, hasLong == 0, nil) }
        // The cursor knows what is wrong.
        var cursor = walk.cursor()
        let isWhole = cursor.passString()
        return (
            cursor.position, false, isWhole ? nil : Failure(fault: cursor.fault, offset: cursor.position)
        )
    }

    @inline(__always)
    private func take(_ slot: FieldSlot, field: Int, into fields: inout LineFields) {
        let bit: UInt32 = 1 &<< UInt32(truncatingIfNeeded: field)
        guard _fastPath(fields.present & bit == 0) else { return settle(slot, field: field, into: &fields) }
        guard slot.kind != .null else { return }
        fields.present |= bit
        fields.slots[field] = slot
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
        _ walk: LineWalk, from start: Int, field: Int, rank: UInt8, into fields: inout LineFields
    ) {
        guard field == Int(Field.message.rawValue) || field == Int(Field.stackTrace.rawValue),
            fields.present & (1 << UInt32(field)) == 0
        else { return }
        var slot = FieldSlot()
        slot.start = UInt32(start)
        slot.end = UInt32(JSONCursor.wholeEscapes(in: walk.base, from: start, to: walk.end))
        slot.kind = .escapedString
        slot.rank = rank
        fields.present |= 1 << UInt32(field)
        fields.slots[field] = slot
        fields.memberCount &+= 1
    }
}
