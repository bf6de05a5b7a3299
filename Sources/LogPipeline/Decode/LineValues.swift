internal import CVectorScan
import LogModel

extension Field {
    /// Fields whose value is a number.
    var isInteger: Bool { self == .line || self == .pid }
}

/// What makes a line's record besides its fields, gathered while the line is read.
struct LineNotes {
    var additions: [ContextBuilder.Addition] = []

    /// Keeps a value that can't be taken, under the name that the line gave it.
    @inline(never)
    mutating func keep(_ field: Field, of fields: borrowing LineFields, in line: UnsafeBufferPointer<UInt8>) {
        let slot = fields[field]
        let raw = String(decoding: line[Int(slot.start)..<Int(slot.end)], as: UTF8.self)
        let name = ExtraField(field: field, value: slot).aliasName.map { "\($0)" } ?? "\(field)"
        additions.append(.init(name: name, json: slot.kind.isString ? "\"\(raw)\"" : raw))
    }

    @inline(never)
    mutating func flag(_ name: String, _ json: String) {
        additions.append(.init(name: name, json: json))
    }
}

/// Checks on values that cost nothing on the way.
enum LineValue {
    /// Whether these bytes are a trace id: 1 to 64 of `[A-Za-z0-9_-]`; there is slack behind them.
    @inline(__always)
    static func isTraceID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= 1, text.count <= 64, let base = text.baseAddress else { return false }
        var position = 0
        while position < text.count {
            let left = text.count &- position
            let wanted: UInt32 = left < 16 ? (1 &<< UInt32(truncatingIfNeeded: left)) &- 1 : 0xFFFF
            if cvs_words(base + position) & wanted != wanted { return false }
            position &+= 16
        }
        return true
    }

    /// Whether these bytes are digits that a 32-bit column holds; there is slack behind them.
    static func isSmallInteger(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress, text.count > 0 else { return false }
        let sign = base[0] == UInt8(ascii: "-") ? 1 : 0
        let digits = text.count &- sign
        return digits >= 1 && digits <= 9 && Int(cvs_digit_run(base + sign)) >= digits
    }

    /// Whether the text is this word.
    @inline(__always)
    static func equals(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<text.count where text[index] != word.utf8Start[index] { return false }
        return true
    }
}
