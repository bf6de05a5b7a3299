import LogMasking
import LogModel

/// Values of the line at hand as plain text, for the formats.
extension RecordProcessor {
    /// The message as masked plain text.
    @inline(__always)
    mutating func readMessage(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard fields.has(.message) else { return UnsafeBufferPointer(rebasing: line[0..<0]) }
        let slot = fields[.message]
        let raw = slice(slot, of: line)
        guard slot.kind == .escapedString else { return maskedText(raw) }
        decodedMessage.removeAll()
        JSONText.decode(raw, slack: OutputBuffer.slack, into: &decodedMessage)
        return maskedText(decodedMessage.bytes)
    }

    @inline(__always)
    mutating func maskedText(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        maskedMessage.removeAll()
        return masker.mask(text: text, into: &maskedMessage) ? maskedMessage.bytes : text
    }

    @inline(__always)
    func slice(_ slot: FieldSlot, of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: line.baseAddress! + Int(slot.start), count: slot.count)
    }

    /// A value as plain text; one with escapes is decoded into scratch that the next call uses again.
    @inline(__always)
    mutating func decoded(_ slot: FieldSlot, in line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<
        UInt8
    > {
        let raw = slice(slot, of: line)
        guard slot.kind == .escapedString else { return raw }
        decodedField.removeAll()
        JSONText.decode(raw, slack: OutputBuffer.slack, into: &decodedField)
        return decodedField.bytes
    }

    /// The logger's name: its own, else the module, else the service (contract section 2).
    @inline(__always)
    mutating func loggerName(
        _ line: UnsafeBufferPointer<UInt8>, _ source: borrowing LineSource
    ) -> UnsafeBufferPointer<UInt8> {
        if fields.has(.logger) { return decoded(fields[.logger], in: line) }
        if fields.has(.module) { return decoded(fields[.module], in: line) }
        if fields.has(.service) { return decoded(fields[.service], in: line) }
        return source.service.bytes
    }
}
