import CVectorScan

/// The shape of a message: what stays the same when the same error comes again with other values.
///
/// - A number is one placeholder: digits with `.` or `,` between them and a sign before them (`-1,234.5`). What
///   is glued to it stays: `order123` and `5ms` keep their letters.
/// - So is a hex string: a word of 8 or more hex digits of which one at least is no letter, `0x` and hex digits,
///   and a UUID. All these share one placeholder, since a hex string may happen to be all digits.
/// - A quoted value ('…', "…" or `…`) is another placeholder. It ends in the line that it begins in. An
///   apostrophe inside a word opens nothing, and closes nothing; neither does a quote behind a backslash.
/// - A run of white space is one space, and none at either end.
///
/// It ends after 1024 bytes of its own; of the message no more than 8192 bytes are looked at.
extension FingerprintHasher {
    // Bytes that UTF-8 never has.
    private static var numberPlaceholder: UInt8 { 0xFF }
    private static var quotePlaceholder: UInt8 { 0xFE }
    private static var maximumLength: Int { 1024 }
    private static var maximumBytes: Int { 8192 }

    mutating func appendShape(of message: UnsafeBufferPointer<UInt8>) {
        let end = min(message.count, FingerprintHasher.maximumBytes)
        var quotes = UnclosedQuotes()
        var position = 0
        var spaceWaits = false
        while position < end, length < FingerprintHasher.maximumLength {
            if position &+ 16 <= end {
                let plain = plainBytes(of: message, at: position, spaceWaits: spaceWaits)
                if plain > 0 {
                    if spaceWaits { append(0x20) }
                    spaceWaits = false
                    appendLetters(of: message, from: position, to: position &+ plain)
                    position &+= plain
                    continue
                }
            }
            let byte = message[position]
            if byte <= 0x20 || byte == 0x7F {
                spaceWaits = length > 0
                position &+= 1
                continue
            }
            if spaceWaits {
                append(0x20)
                spaceWaits = false
            }
            if byte >= 0x80 {
                position = appendHighBytes(of: message, from: position, to: end)
            } else if byte.isAlphanumeric {
                position = appendWord(of: message, from: position, to: end)
            } else if byte.isSign, position &+ 1 < end, message[position &+ 1].isDigit,
                position == 0 || !(message[position &- 1].isAlphanumeric || message[position &- 1].isSign)
            {
                position = appendNumber(of: message, from: position &+ 1, to: end)
            } else if byte.isQuote, let close = quotes.close(of: position, in: message, to: end) {
                append(FingerprintHasher.quotePlaceholder)
                position = close &+ 1
            } else {
                append(byte)
                position &+= 1
            }
        }
    }

    /// How many of the next 16 bytes are the shape as they stand: whole words without digits, single spaces between
    /// them, and what is neither quote nor sign of a number. A word that may go on behind them isn't counted.
    @inline(__always)
    private func plainBytes(
        of text: UnsafeBufferPointer<UInt8>, at position: Int, spaceWaits: Bool
    ) -> Int {
        let masks = cvs_shape(text.baseAddress! + position)
        let words = masks >> 16 & 0xFFFF
        let spaces = masks >> 32 & 0xFFFF
        let numbers = masks >> 48
        if spaces & 1 != 0, spaceWaits || length == 0 { return 0 }
        let count = (masks & 0xFFFF | 0x1_0000).trailingZeroBitCount
        // A quote or white space ends a word; a digit or sign, and the end of what is seen, may be part of it.
        if count < 16, numbers >> UInt64(count) & 1 == 0 { return count }
        let boundaries = ~words & ((1 &<< UInt64(count)) &- 1)
        let end = 64 &- boundaries.leadingZeroBitCount
        return end == 16 && (spaces | numbers) & 0x8000 != 0 ? 15 : end
    }

    /// Passes what is not ASCII, eight bytes at a time.
    @inline(__always)
    private mutating func appendHighBytes(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var position = start
        while position < end {
            let limit = min(8, end &- position)
            let word = text.word(at: position, count: limit)
            let ascii = ~word & 0x8080_8080_8080_8080
            let count = min(limit, ascii.trailingZeroBitCount / 8)
            guard count > 0 else { break }
            appendLimited(count == 8 ? word : word & ((1 &<< UInt64(count &* 8)) &- 1), count: count)
            position &+= count
            if count < 8 { break }
        }
        return position
    }

    /// Passes a run of ASCII letters and digits, and says where it ends.
    @inline(__always)
    private mutating func appendWord(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var stop = start
        var hasDigit = false
        var isHex = true
        while stop < end {
            let byte = text[stop]
            if byte.isDigit {
                hasDigit = true
            } else if byte.isLetter {
                if byte | 0x20 > UInt8(ascii: "f") { isHex = false }
            } else {
                break
            }
            stop &+= 1
        }
        if isHex, stop &- start == 8, stop < end, text[stop] == UInt8(ascii: "-"),
            isUUID(text, from: start, to: end)
        {
            append(FingerprintHasher.numberPlaceholder)
            return start &+ 36
        }
        guard hasDigit else {
            appendLetters(of: text, from: start, to: stop)
            return stop
        }
        if (isHex && stop &- start >= 8 && !isDigits(text, from: start, to: stop))
            || isPrefixedHex(text, from: start, to: stop)
        {
            append(FingerprintHasher.numberPlaceholder)
            return stop
        }
        var position = start
        while position < stop {
            if text[position].isDigit {
                position = appendNumber(of: text, from: position, to: end)
            } else {
                let first = position
                while position < stop, !text[position].isDigit { position &+= 1 }
                appendLetters(of: text, from: first, to: position)
            }
        }
        return position
    }

    @inline(__always)
    private mutating func appendLetters(of text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
        var position = start
        while position < end {
            let count = min(8, end &- position)
            appendLimited(text.word(at: position, count: count), count: count)
            position &+= count
        }
    }

    /// Passes digits and the points and commas between them.
    @inline(__always)
    private mutating func appendNumber(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var position = start &+ 1
        while position < end {
            let byte = text[position]
            if byte.isDigit {
                position &+= 1
            } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ","), position &+ 1 < end,
                text[position &+ 1].isDigit
            {
                position &+= 2
            } else {
                break
            }
        }
        append(FingerprintHasher.numberPlaceholder)
        return position
    }

    /// Takes what the shape still has room for, so that where it ends doesn't depend on how the text came.
    @inline(__always)
    private mutating func appendLimited(_ word: UInt64, count: Int) {
        let room = FingerprintHasher.maximumLength &- length
        if count <= room { return append(word, count: count) }
        if room > 0 { append(word & ((1 &<< UInt64(room &* 8)) &- 1), count: room) }
    }

    private func isDigits(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        for index in start..<end where !text[index].isDigit { return false }
        return true
    }

    @inline(__always)
    private func isPrefixedHex(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        guard end &- start >= 3, text[start] == UInt8(ascii: "0"),
            text[start &+ 1] | 0x20 == UInt8(ascii: "x")
        else { return false }
        for index in (start &+ 2)..<end where hexValue(text[index]) == nil { return false }
        return true
    }

    private func isUUID(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        guard start &+ 36 <= end, start &+ 36 == end || !text[start &+ 36].isAlphanumeric else {
            return false
        }
        for offset in 8..<36 {
            let byte = text[start &+ offset]
            switch offset {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if hexValue(byte) == nil { return false }
            }
        }
        return true
    }
}

/// Finds the ends of quoted values, and remembers where there is none to find, so that a message full of opening
/// quotes is still read once.
private struct UnclosedQuotes {
    /// Up to where each of the three has no closing one.
    private var single = 0
    private var double = 0
    private var back = 0

    /// Where the quote that opens at `open` closes; nil where it opens nothing.
    mutating func close(of open: Int, in text: UnsafeBufferPointer<UInt8>, to end: Int) -> Int? {
        let quote = text[open]
        let isSingle = quote == UInt8(ascii: "'")
        if isSingle, !opens(open, in: text) { return nil }
        let searched = isSingle ? single : quote == UInt8(ascii: "\"") ? double : back
        guard open >= searched else { return nil }
        var position = open &+ 1
        while position < end, text[position] != UInt8(ascii: "\n") {
            if text[position] == quote, text[position &- 1] != UInt8(ascii: "\\"),
                !isSingle || position &+ 1 == end || !text[position &+ 1].isAlphanumeric
            {
                return position
            }
            position &+= 1
        }
        switch quote {
        case UInt8(ascii: "'"): single = position
        case UInt8(ascii: "\""): double = position
        default: back = position
        }
        return nil
    }

    /// An apostrophe inside or behind a word is no opening quote, but for a prefix as in `b'…'`.
    private func opens(_ open: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard open > 0, text[open - 1].isAlphanumeric else { return true }
        switch text[open - 1] | 0x20 {
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "r"), UInt8(ascii: "u"):
            return open == 1 || !text[open - 2].isAlphanumeric
        default: return false
        }
    }
}

extension UInt8 {
    @inline(__always) fileprivate var isDigit: Bool { self &- 0x30 < 10 }
    @inline(__always) fileprivate var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    @inline(__always) fileprivate var isAlphanumeric: Bool { isDigit || isLetter }
    @inline(__always) fileprivate var isSign: Bool { self == 0x2B || self == 0x2D }
    @inline(__always) fileprivate var isQuote: Bool { self == 0x27 || self == 0x22 || self == 0x60 }
}
