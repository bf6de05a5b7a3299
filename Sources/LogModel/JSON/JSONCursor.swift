import CVectorScan

/// What kind of JSON value stands somewhere.
public enum JSONKind: UInt8, Sendable {
    /// A string without escapes; its range leaves the quotes out.
    case plainString
    /// A string with escapes; its range leaves the quotes out.
    case escapedString
    case number, boolean, null
    /// Its range has the brackets.
    case object, array

    /// Whether it is a string, with escapes or without.
    @inlinable public var isString: Bool { self == .plainString || self == .escapedString }
}

/// Why a text is no JSON.
package enum JSONFault: UInt8, Error, Sendable {
    case unexpectedByte, badNumber, badEscape, controlCharacter, tooDeep, endsEarly, trailingBytes,
        notAnObject

    package var reason: StaticString {
        switch self {
        case .unexpectedByte: "unexpected byte"
        case .badNumber: "malformed number"
        case .badEscape: "malformed escape"
        case .controlCharacter: "control character in a string"
        case .tooDeep: "nested too deep"
        case .endsEarly: "ends early"
        case .trailingBytes: "more text behind the object"
        case .notAnObject: "not a JSON object"
        }
    }
}

/// Walks over JSON text and checks its whole grammar (RFC 8259) on the way.
///
/// `OutputBuffer.slack` bytes behind `end` must be readable; what they hold doesn't matter.
package struct JSONCursor {
    /// Nesting that is still taken (contract section 2).
    package static var maximumDepth: Int { 512 }

    package let base: UnsafePointer<UInt8>
    package let end: Int
    package var position: Int
    package var fault = JSONFault.unexpectedByte
    /// Whether the string passed over last has escapes.
    package var sawEscape = false

    /// `StringStops.words` of these bytes, where they were indexed.
    private let stops: UnsafePointer<UInt64>?

    package init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) {
        self.init(bytes, from: start, stops: nil)
    }

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0, stops: UnsafePointer<UInt64>?) {
        base = bytes.baseAddress!
        end = bytes.count
        position = start
        self.stops = stops
    }

    package var atEnd: Bool { position >= end }
    /// The byte at the position; undefined at the end.
    package var byte: UInt8 { base[position] }

    @inline(__always)
    package mutating func skipSpace() {
        if position < end, base[position] <= 0x20 { skipSpaces() }
    }

    private mutating func skipSpaces() {
        while position < end, base[position] <= 0x20 {
            let byte = base[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// Passes a string whose opening quote is behind the position already; the position is then behind the
    /// closing quote. The content ends one byte before.
    @inline(__always)
    package mutating func passString() -> Bool {
        sawEscape = false
        while true {
            position = nextStop()
            if _slowPath(position >= end) { return fail(.endsEarly, at: end) }
            let byte = base[position]
            if _fastPath(byte == UInt8(ascii: "\"")) {
                position &+= 1
                return true
            }
            guard byte == UInt8(ascii: "\\") else { return fail(.controlCharacter, at: position) }
            sawEscape = true
            if !passEscape() { return false }
        }
    }

    /// The first place from the position on that ends a plain run in a string; the end or behind it without one.
    @inline(__always)
    private func nextStop() -> Int {
        guard let stops else { return searchedStop() }
        var index = position &>> 6
        var word = stops[index] & (~0 &<< UInt64(truncatingIfNeeded: position & 63))
        while word == 0 {
            index &+= 1
            word = stops[index]
        }
        return index &<< 6 | word.trailingZeroBitCount
    }

    private func searchedStop() -> Int {
        var position = position
        while position < end {
            let stops = UInt32(truncatingIfNeeded: cvs_string_stops(base + position))
            if stops != 0 { return position &+ stops.trailingZeroBitCount }
            position &+= 32
        }
        return end
    }

    /// Passes an escape that begins at the position.
    package mutating func passEscape() -> Bool {
        guard position &+ 1 < end else { return fail(.endsEarly, at: end) }
        switch base[position &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
            return true
        case UInt8(ascii: "u"):
            for offset in 2..<6 {
                guard position &+ offset < end else { return fail(.endsEarly, at: end) }
                guard hexValue(base[position &+ offset]) != nil else { return fail(.badEscape, at: position) }
            }
            position &+= 6
            return true
        default: return fail(.badEscape, at: position)
        }
    }

    /// Passes a number that begins at the position.
    package mutating func passNumber() -> Bool {
        let start = position
        if base[position] == UInt8(ascii: "-") { position &+= 1 }
        let integer = passDigits()
        if integer == 0 || (integer > 1 && base[position &- integer] == UInt8(ascii: "0")) {
            return fail(position >= end ? .endsEarly : .badNumber, at: start)
        }
        if position < end, base[position] == UInt8(ascii: ".") {
            position &+= 1
            if passDigits() == 0 { return fail(position >= end ? .endsEarly : .badNumber, at: start) }
        }
        if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            if passDigits() == 0 { return fail(position >= end ? .endsEarly : .badNumber, at: start) }
        }
        return true
    }

    @inline(__always)
    private mutating func passDigits() -> Int {
        let start = position
        while position < end, base[position] &- 0x30 < 10 { position &+= 1 }
        return position &- start
    }

    @inline(__always)
    private mutating func passWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        for offset in 0..<count {
            guard position &+ offset < end else { return fail(.endsEarly, at: end) }
            guard base[position &+ offset] == word.utf8Start[offset] else {
                return fail(.unexpectedByte, at: position &+ offset)
            }
        }
        position &+= count
        return true
    }

    /// Passes one value and says its kind; strings' ranges are the caller's to trim.
    package mutating func passValue(depth: Int = 0) -> JSONKind? {
        guard position < end else { return failed(.endsEarly, at: end) }
        switch base[position] {
        case UInt8(ascii: "\""):
            position &+= 1
            guard passString() else { return nil }
            return sawEscape ? .escapedString : .plainString
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return passNumber() ? .number : nil
        case UInt8(ascii: "t"): return passWord("true") ? .boolean : nil
        case UInt8(ascii: "f"): return passWord("false") ? .boolean : nil
        case UInt8(ascii: "n"): return passWord("null") ? .null : nil
        case UInt8(ascii: "{"): return passContainer(depth: depth) ? .object : nil
        case UInt8(ascii: "["): return passContainer(depth: depth) ? .array : nil
        default: return failed(.unexpectedByte, at: position)
        }
    }

    /// Passes an object or array that begins at the position; `depth` containers are open round it.
    private mutating func passContainer(depth: Int) -> Bool {
        guard depth < JSONCursor.maximumDepth else { return fail(.tooDeep, at: position) }
        let isObject = base[position] == UInt8(ascii: "{")
        let close: UInt8 = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        position &+= 1
        skipSpace()
        if position < end, base[position] == close {
            position &+= 1
            return true
        }
        while true {
            if isObject {
                guard position < end else { return fail(.endsEarly, at: end) }
                guard base[position] == UInt8(ascii: "\"") else { return fail(.unexpectedByte, at: position) }
                position &+= 1
                guard passString() else { return false }
                skipSpace()
                guard position < end else { return fail(.endsEarly, at: end) }
                guard base[position] == UInt8(ascii: ":") else { return fail(.unexpectedByte, at: position) }
                position &+= 1
                skipSpace()
            }
            guard passValue(depth: depth &+ 1) != nil else { return false }
            skipSpace()
            guard position < end else { return fail(.endsEarly, at: end) }
            let byte = base[position]
            position &+= 1
            if byte == close { return true }
            guard byte == UInt8(ascii: ",") else { return fail(.unexpectedByte, at: position &- 1) }
            skipSpace()
        }
    }

    @inline(never)
    package mutating func fail(_ fault: JSONFault, at position: Int) -> Bool {
        self.fault = fault
        self.position = position
        return false
    }

    private mutating func failed(_ fault: JSONFault, at position: Int) -> JSONKind? {
        _ = fail(fault, at: position)
        return nil
    }
}

/// The value of a hex digit, or nil.
package func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
