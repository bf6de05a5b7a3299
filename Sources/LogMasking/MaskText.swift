/// Bytes that are looked at, with at least 64 readable ones behind their end.
///
/// The subscript reads zeros outside, so that a rule may look one or two bytes ahead without a check of its
/// own; the search for anchors reads `base` directly and drops what lies beyond `count`.
package struct MaskText {
    package let base: UnsafePointer<UInt8>
    package let count: Int

    init(_ base: UnsafePointer<UInt8>, _ count: Int) {
        self.base = base
        self.count = count
    }

    @inline(__always) subscript(index: Int) -> UInt8 {
        index >= 0 && index < count ? base[index] : 0
    }

    /// The first index from `start` on that holds no space and no tab.
    @inline(__always) func skippingBlanks(from start: Int) -> Int {
        var i = start
        while self[i].isBlank { i += 1 }
        return i
    }

    /// Whether `word` stands at `start`, letters compared without case; `word` is lower case.
    func has(_ word: StaticString, at start: Int) -> Bool {
        guard start >= 0, start + word.utf8CodeUnitCount <= count else { return false }
        for i in 0..<word.utf8CodeUnitCount where base[start + i].lowercased != word.utf8Start[i] {
            return false
        }
        return true
    }

    /// Whether the word that begins at `start` stands free of what is before it: no letter or digit, except
    /// that of an escape sequence that was never decoded (`\n`, `\u0026`). `floor` bounds the look back.
    func isWordStart(_ start: Int, floor: Int) -> Bool {
        start <= floor || !base[start - 1].isAlphanumeric || isBehindEscape(start, floor: floor)
    }

    func isBehindEscape(_ start: Int, floor: Int) -> Bool {
        if start - 2 >= floor, base[start - 2] == UInt8(ascii: "\\") {
            switch base[start - 1] {
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): return true
            default: break
            }
        }
        guard start - 6 >= floor, base[start - 6] == UInt8(ascii: "\\"), base[start - 5] == UInt8(ascii: "u")
        else { return false }
        for i in start - 4..<start where !base[i].isHexDigit { return false }
        return true
    }
}

extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    @inline(__always) var isUppercase: Bool { self &- UInt8(ascii: "A") < 26 }
    @inline(__always) var isLowercase: Bool { self &- UInt8(ascii: "a") < 26 }
    @inline(__always) var isLetter: Bool { (self | 0x20).isLowercase }
    @inline(__always) var isAlphanumeric: Bool { isLetter || isDigit }
    @inline(__always) var isHexDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
    @inline(__always) var lowercased: UInt8 { isUppercase ? self | 0x20 : self }
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 }
    @inline(__always) var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }
    @inline(__always) var isLineEnd: Bool { self == 0x0A || self == 0x0D }
    @inline(__always) var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }

    /// White space and `,;&)}]"'`: what an unquoted value ends at.
    @inline(__always) var endsWord: Bool {
        switch self {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: ")"), UInt8(ascii: "}"),
            UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            true
        default: isSpace
        }
    }

    /// `_` and `-`, which don't count when names are compared.
    @inline(__always) var isNameFiller: Bool { self == UInt8(ascii: "_") || self == UInt8(ascii: "-") }

    /// The alphabet of JWTs and of Telegram's tokens.
    @inline(__always) var isBase64URL: Bool { isAlphanumeric || isNameFiller }
}
