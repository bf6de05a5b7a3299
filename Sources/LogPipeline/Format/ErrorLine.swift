import LogMasking
import LogModel

extension RecordProcessor {
    /// Writes the record as one JSON object into `json`: the error file's line (contract section 5).
    @inline(never)
    mutating func encode(
        _ line: UnsafeBufferPointer<UInt8>, _ time: RecordTime,
        _ reading: LevelReading, _ notice: Notice?, _ message: UnsafeBufferPointer<UInt8>,
        _ traceID: UnsafeBufferPointer<UInt8>?, _ notes: inout LineNotes, _ source: borrowing LineSource
    ) {
        let id = readID(line, &notes)
        noteMisfits(line, &notes)
        json.removeAll()
        json.append("{\"timestamp\":\"")
        append(time, line)
        json.append("\",\"trace_id\":")
        if let traceID {
            json.append(UInt8(ascii: "\""))
            json.append(traceID)
            json.append(UInt8(ascii: "\""))
        } else {
            json.append("null")
        }
        json.append(",\"level\":\"")
        json.append(reading.severity.name)
        json.append("\",\"service\":")
        if fields.has(.service) {
            append(fields[.service], line)
        } else {
            appendQuoted(source.service.bytes)
        }
        json.append(",\"module\":")
        append(.module, line)
        json.append(",\"function\":")
        append(.function, line)
        json.append(",\"message\":")
        // Masked or not, a message without escapes needs none.
        if isSafe(.message) { appendSafe(message) } else { appendQuoted(message) }
        json.append(",\"error_type\":")
        append(.errorType, line)
        json.append(",\"stack_trace\":")
        appendStackTrace(line)
        json.append(",\"context\":")
        appendContext(notes, line)
        json.append(",\"logger\":")
        if fields.has(.logger) {
            append(fields[.logger], line)
        } else {
            appendQuoted(loggerName(line, source))
        }
        if fields.has(.line), isInteger(fields[.line], line) {
            json.append(",\"line\":")
            json.append(slice(fields[.line], of: line))
        }
        json.append(",\"id\":\"")
        json.append(id ?? identifiers.eventID(at: now))
        json.append("\",\"fingerprint\":\"")
        appendFingerprint(message, line, source)
        json.append("\",\"host\":")
        json.append(hostJSON.bytes)
        json.append(",\"pid\":")
        if fields.has(.pid), isInteger(fields[.pid], line) {
            json.append(slice(fields[.pid], of: line))
        } else {
            json.append(source.pid.bytes)
        }
        json.append(UInt8(ascii: "}"))
    }

    /// Copies `json` into the frames of the spool, of journald and of the live stream, with what only they need
    /// behind it.
    mutating func frame(
        _ reading: LevelReading, _ notice: Notice?, _ outputs: Routes.Outputs, listeners: UInt8
    ) {
        if reading.succeeded || notice != nil {
            json.truncate(to: json.count - 1)
            if reading.succeeded { json.append(",\"outcome\":\"success\"") }
            if let notice {
                json.append(",\"notify\":\"")
                json.append(text: notice.rawValue)
                json.append(UInt8(ascii: "\""))
            }
            json.append(UInt8(ascii: "}"))
        }
        if outputs.spooled {
            let start = RecordFrame.open(in: &spool)
            spool.append(json.bytes)
            RecordFrame.close(at: start, in: &spool, severity: reading.severity, outputs: outputs.spool)
            spoolCount += 1
        }
        if outputs.journal {
            let start = RecordFrame.open(in: &journal)
            journal.append(json.bytes)
            RecordFrame.close(at: start, in: &journal, severity: reading.severity, outputs: outputs.spool)
            journalCount += 1
        }
        if listeners != 0 { live.append(json.bytes, reading.severity, takers: listeners) }
    }

    private mutating func append(_ time: RecordTime, _ line: UnsafeBufferPointer<UInt8>) {
        if time.textStart >= 0 {
            json.append(line.baseAddress! + time.textStart, 10)
            json.append(UInt8(ascii: "T"))
            json.append(line.baseAddress! + time.textStart + 11, 8)
        } else {
            TimeText.append(localSeconds: time.localSeconds, separator: UInt8(ascii: "T"), to: &json)
        }
        if time.fractionStart >= 0 {
            json.append(UInt8(ascii: "."))
            json.append(line.baseAddress! + time.fractionStart, time.fractionEnd - time.fractionStart)
        } else {
            TimeText.append(fractionOf: time.time, to: &json)
        }
        TimeText.append(offset: time.offset, to: &json)
    }

    private mutating func append(
        _ field: Field, _ line: UnsafeBufferPointer<UInt8>
    ) {
        if fields.has(field) { append(fields[field], line) } else { json.append("null") }
    }

    /// Appends a value as a JSON string; what is no string becomes the text of it.
    private mutating func append(_ slot: FieldSlot, _ line: UnsafeBufferPointer<UInt8>) {
        let raw = slice(slot, of: line)
        switch slot.kind {
        case .plainString where fields.isSafe: appendSafe(raw)
        case .plainString:
            json.append(UInt8(ascii: "\""))
            SafeText.append(raw, to: &json)
            json.append(UInt8(ascii: "\""))
        case .escapedString:
            json.append(UInt8(ascii: "\""))
            JSONText.normalize(raw, slack: OutputBuffer.slack, into: &json)
            json.append(UInt8(ascii: "\""))
        default: appendQuoted(raw)
        }
    }

    /// Appends text without unsafe characters, quotes and backslashes as a JSON string.
    private mutating func appendSafe(_ text: UnsafeBufferPointer<UInt8>) {
        json.append(UInt8(ascii: "\""))
        SafeText.append(safe: text, to: &json)
        json.append(UInt8(ascii: "\""))
    }

    /// Appends plain text as a JSON string.
    private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        json.append(UInt8(ascii: "\""))
        JSONText.encode(text, slack: OutputBuffer.slack, into: &json)
        json.append(UInt8(ascii: "\""))
    }

    private mutating func appendStackTrace(
        _ line: UnsafeBufferPointer<UInt8>
    ) {
        guard fields.has(.stackTrace) else { return json.append("null") }
        let slot = fields[.stackTrace]
        let raw = slice(slot, of: line)
        if slot.isNormal, fields.isSafe, !masker.mightMask(normal: raw) {
            json.append(UInt8(ascii: "\""))
            json.append(raw)
            return json.append(UInt8(ascii: "\""))
        }
        var text = raw
        if slot.kind == .escapedString {
            decodedField.removeAll()
            JSONText.decode(raw, slack: OutputBuffer.slack, into: &decodedField)
            text = decodedField.bytes
        }
        maskedField.removeAll()
        if masker.mask(text: text, into: &maskedField) {
            appendQuoted(maskedField.bytes)
        } else {
            append(slot, line)
        }
    }

    private mutating func appendContext(
        _ notes: LineNotes, _ line: UnsafeBufferPointer<UInt8>
    ) {
        let own = fields.has(.context) ? fields[.context] : nil
        var object: UnsafeBufferPointer<UInt8>
        if let own, own.kind == .object, fields.extras.isEmpty, notes.additions.isEmpty {
            object = slice(own, of: line)
        } else if own == nil, fields.extras.isEmpty, notes.additions.isEmpty {
            return json.append("null")
        } else {
            contexts.build(own: own, extras: fields.extras, additions: notes.additions, line: line)
            object = contexts.object.bytes
        }
        maskedField.removeAll()
        if masker.mask(json: object, into: &maskedField) { object = maskedField.bytes }
        SafeText.append(json: object, to: &json)
    }

    private mutating func appendFingerprint(
        _ message: UnsafeBufferPointer<UInt8>,
        _ line: UnsafeBufferPointer<UInt8>, _ source: borrowing LineSource
    ) {
        var hasher = FingerprintHasher()
        hasher.append(
            field: fields.has(.service) ? decoded(fields[.service], in: line) : source.service.bytes)
        for field in [Field.module, .function, .errorType] {
            let slot = fields.has(field) ? fields[field] : FieldSlot()
            hasher.append(field: decoded(slot, in: line))
        }
        json.append(hex: hasher.finish(message: message), digits: 16)
    }

    /// The record's own identity, when it has one that can be taken.
    private mutating func readID(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes
    ) -> EventID? {
        guard fields.has(.id) else { return nil }
        if fields[.id].kind.isString, let id = EventID(decoded(fields[.id], in: line)) { return id }
        notes.keep(.id, of: fields, in: line)
        return nil
    }

    private func isInteger(_ slot: FieldSlot, _ line: UnsafeBufferPointer<UInt8>) -> Bool {
        (slot.kind == .number || slot.kind == .plainString) && LineValue.isSmallInteger(slice(slot, of: line))
    }

    /// Numbers that are none stay in the context under their names.
    private func noteMisfits(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes
    ) {
        for field in [Field.line, Field.pid] where fields.has(field) && !isInteger(fields[field], line) {
            notes.keep(field, of: fields, in: line)
        }
    }
}
