import Glibc
package import LogModel

/// What databases can't hold, made into what they can (contract section 5): the same for every store.
extension LogRecord {
    /// The key in `context` that says so.
    private static var flag: StaticString { "escaped" }

    /// The record with every NUL as the six characters `\u0000`, and in `context`, where NUL and lone surrogates
    /// stand as JSON escapes, with those escapes as readable text. `context.escaped` is then true
    /// (`field.escaped` where the record has an `escaped` of its own). A context that is no JSON object becomes
    /// `{"context": "…"}`.
    ///
    /// Lone surrogates in the other fields come as readable escapes already, from reading the wire; such text
    /// is flagged too.
    package var storable: LogRecord {
        var record = self
        var escaped = false
        func clean(_ text: inout String) {
            guard LogRecord.holds(0, text) || LogRecord.holds(UInt8(ascii: "\\"), text) else { return }
            if let replaced = LogRecord.withoutNUL(text) {
                text = replaced
                escaped = true
            } else if LogRecord.hasLoneSurrogate(text) {
                escaped = true
            }
        }
        func clean(_ text: inout String?) {
            guard var some = text else { return }
            clean(&some)
            text = some
        }
        clean(&record.service)
        clean(&record.logger)
        clean(&record.message)
        clean(&record.module)
        clean(&record.function)
        clean(&record.traceID)
        clean(&record.errorType)
        clean(&record.stackTrace)
        clean(&record.fingerprint)
        clean(&record.host)
        record.context = LogRecord.storableContext(context, flagged: escaped)
        return record
    }

    /// As the C library looks for it: a stack trace is long, and a backlog has many.
    private static func holds(_ byte: UInt8, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false
        }
    }

    private static func withoutNUL(_ text: String) -> String? {
        guard holds(0, text) else { return nil }
        var out = OutputBuffer(capacity: text.utf8.count + 64)
        for byte in text.utf8 { if byte == 0 { out.append("\\u0000") } else { out.append(byte) } }
        return String(decoding: out.bytes, as: UTF8.self)
    }

    /// Text that a database takes, for filters.
    package static func storableText(_ text: String) -> String { withoutNUL(text) ?? text }

    /// Any text as a context: `{"context": "…"}`.
    static func contextAsText(_ text: String) -> String {
        var plain = OutputBuffer(capacity: text.utf8.count)
        plain.append(text: text)
        var out = OutputBuffer(capacity: text.utf8.count + 64)
        out.append(#"{"context":""#)
        JSONText.encode(plain.bytes, into: &out)
        out.append("\"}")
        return String(decoding: out.bytes, as: UTF8.self)
    }

    /// A JSON text without the white space between its tokens.
    static func compactJSON(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isString = false
        var isEscaped = false
        for byte in text.utf8 {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                continue
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hasLoneSurrogate(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            (0..<max(bytes.count - 5, 0)).contains {
                bytes[$0] == UInt8(ascii: "\\") && bytes[$0 + 1] == UInt8(ascii: "u")
                    && unit(at: $0, in: bytes).map { 0xD800...0xDFFF ~= $0 } == true
            }
        }
    }

    private static func storableContext(_ context: String?, flagged: Bool) -> String? {
        guard var context else { return flagged ? #"{"escaped":true}"# : nil }
        return context.withUTF8 { given in
            var padded = OutputBuffer(capacity: given.count)
            padded.append(given)
            guard let known = members(of: padded.bytes) else {
                return storableContext(
                    contextAsText(String(decoding: given, as: UTF8.self)), flagged: flagged)
            }
            var out = OutputBuffer(capacity: given.count + 64)
            let changed = copyReadable(padded.bytes, into: &out)
            guard flagged || changed, !known.hasFlag else {
                return String(decoding: out.bytes, as: UTF8.self)
            }
            while out.bytes.last != UInt8(ascii: "}") { out.truncate(to: out.count - 1) }
            out.truncate(to: out.count - 1)
            if !known.isEmpty { out.append(UInt8(ascii: ",")) }
            out.append(known.hasOwnKey ? #""field.escaped":true}"# : #""escaped":true}"#)
            return String(decoding: out.bytes, as: UTF8.self)
        }
    }

    /// Copies a JSON text, with an escape of NUL or of a lone surrogate made into the text of that escape; says
    /// whether there was one.
    private static func copyReadable(
        _ text: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer
    ) -> Bool {
        var changed = false
        var position = 0
        while position < text.count {
            guard text[position] == UInt8(ascii: "\\") else {
                out.append(text[position])
                position += 1
                continue
            }
            var length = 2
            if let first = unit(at: position, in: text) {
                length = 6
                if 0xD800...0xDBFF ~= first, let second = unit(at: position + 6, in: text),
                    0xDC00...0xDFFF ~= second
                {
                    length = 12
                } else if first == 0 || 0xD800...0xDFFF ~= first {
                    out.append(UInt8(ascii: "\\"))
                    changed = true
                }
            }
            for offset in 0..<length { out.append(text[position + offset]) }
            position += length
        }
        return changed
    }

    /// The code unit of a `\uXXXX` at this place.
    private static func unit(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt16? {
        guard position + 6 <= text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt16 = 0
        for offset in 2..<6 {
            guard let digit = hexValue(text[position + offset]) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private struct Members {
        var isEmpty = true
        /// `escaped` is there and means something else.
        var hasOwnKey = false
        /// The flag is there already.
        var hasFlag = false
    }

    /// Walks over the members of a JSON object with readable slack behind it; nil where the text is none.
    private static func members(of text: UnsafeBufferPointer<UInt8>) -> Members? {
        var cursor = JSONCursor(text)
        cursor.skipSpace()
        guard !cursor.atEnd, cursor.byte == UInt8(ascii: "{") else { return nil }
        var whole = cursor
        guard whole.passValue() == .object else { return nil }
        whole.skipSpace()
        guard whole.atEnd else { return nil }
        var members = Members()
        cursor.position += 1
        cursor.skipSpace()
        while cursor.byte == UInt8(ascii: "\"") {
            members.isEmpty = false
            let key = cursor.position + 1
            cursor.position = key
            guard cursor.passString() else { return nil }
            let name = text[key..<cursor.position - 1]
            cursor.skipSpace()
            cursor.position += 1
            cursor.skipSpace()
            let start = cursor.position
            guard cursor.passValue() != nil else { return nil }
            let isTrue = text[start..<cursor.position].elementsEqual("true".utf8)
            if name.elementsEqual("escaped".utf8) {
                if isTrue { members.hasFlag = true } else { members.hasOwnKey = true }
            } else if name.elementsEqual("field.escaped".utf8), isTrue {
                members.hasFlag = true
            }
            cursor.skipSpace()
            guard cursor.byte == UInt8(ascii: ",") else { break }
            cursor.position += 1
            cursor.skipSpace()
        }
        return members
    }
}
