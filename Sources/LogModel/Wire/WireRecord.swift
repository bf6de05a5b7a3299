extension LogRecord {
    /// Reads a line of the daemon's own JSON form (the error file's, and the spool's with `outcome` and `notify`
    /// behind it); nil where it is none. Such lines are also met damaged or written by others.
    ///
    /// `OutputBuffer.slack` bytes behind the line must be readable.
    package init?(wire line: UnsafeBufferPointer<UInt8>) {
        var decoder = WireDecoder()
        guard let record = decoder.scan(line) ? decoder.record(line) : nil else { return nil }
        self = record
    }

    /// The same from bytes that have no slack behind them.
    package init?(wireBytes bytes: some Collection<UInt8>) {
        var decoder = WireDecoder()
        guard decoder.read(bytes), let record = decoder.record else { return nil }
        self = record
    }

    /// Appends the record in the daemon's own JSON form, without a newline: the keys and their order are contract section 5's.
    package func appendWire(to out: inout OutputBuffer, zone: ZoneRules) {
        var text = OutputBuffer()
        func string(_ value: String?, _ out: inout OutputBuffer) {
            guard let value else { return out.append("null") }
            text.removeAll()
            text.append(text: value)
            out.append(UInt8(ascii: "\""))
            JSONText.encode(text.bytes, into: &out)
            out.append(UInt8(ascii: "\""))
        }
        out.append("{\"timestamp\":\"")
        TimeText.append(timestamp, zone: zone, to: &out)
        out.append("\",\"trace_id\":")
        string(traceID, &out)
        out.append(",\"level\":\"")
        out.append(level.name)
        out.append("\",\"service\":")
        string(service, &out)
        out.append(",\"module\":")
        string(module, &out)
        out.append(",\"function\":")
        string(function, &out)
        out.append(",\"message\":")
        string(message, &out)
        out.append(",\"error_type\":")
        string(errorType, &out)
        out.append(",\"stack_trace\":")
        string(stackTrace, &out)
        out.append(",\"context\":")
        out.append(text: context ?? "null")
        out.append(",\"logger\":")
        string(logger, &out)
        if let line {
            out.append(",\"line\":")
            out.append(text: String(line))
        }
        if let id {
            out.append(",\"id\":")
            string(id.description, &out)
        }
        if let fingerprint {
            out.append(",\"fingerprint\":")
            string(fingerprint, &out)
        }
        if let host {
            out.append(",\"host\":")
            string(host, &out)
        }
        if let pid {
            out.append(",\"pid\":")
            out.append(text: String(pid))
        }
        if succeeded { out.append(",\"outcome\":\"success\"") }
        if let notify {
            out.append(",\"notify\":")
            string(notify.rawValue, &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}

/// Values of a scanned line as Swift strings.
package struct WireReader {
    package let line: UnsafeBufferPointer<UInt8>

    package init(line: UnsafeBufferPointer<UInt8>) { self.line = line }

    /// The bytes of a value as they stand in the line.
    package func raw(_ slot: FieldSlot) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: line[Int(slot.start)..<Int(slot.end)])
    }

    /// A string decoded, or the text of any other value; nil for null. Lone surrogates come out as the six
    /// characters of their escape.
    package func text(_ slot: FieldSlot) -> String? {
        switch slot.kind {
        case .null: nil
        case .escapedString: decoded(raw(slot))
        default: String(decoding: raw(slot), as: UTF8.self)
        }
    }

    /// The decoded name of a field that nobody knows.
    package func name(_ extra: ExtraField) -> String {
        if let alias = extra.aliasName { return "\(alias)" }
        let raw = UnsafeBufferPointer(rebasing: line[Int(extra.keyStart)..<Int(extra.keyEnd)])
        return extra.keyHasEscape ? decoded(raw) : String(decoding: raw, as: UTF8.self)
    }

    private func decoded(_ content: UnsafeBufferPointer<UInt8>) -> String {
        var text = OutputBuffer(capacity: content.count)
        JSONText.decode(content, into: &text)
        guard text.bytes.contains(0xED) else { return String(decoding: text.bytes, as: UTF8.self) }
        var readable = OutputBuffer(capacity: text.count)
        var position = 0
        while position < text.count {
            if let (scalar, length) = UnsafeCharacter.at(position, in: text.bytes), scalar >= 0xD800 {
                JSONText.appendEscape(scalar, to: &readable)
                position += length
            } else {
                readable.append(text.bytes[position])
                position += 1
            }
        }
        return String(decoding: readable.bytes, as: UTF8.self)
    }
}
