/// Quotes and brackets in text, at any depth of encoding.
///
/// A JSON string inside a JSON string has its quotes behind a backslash, one level deeper behind three, and so
/// on. A quote closes what a quote with as many backslashes opened; with more it belongs to the content, unless
/// what is too much are escaped backslashes; with fewer it closes something further out.
extension MaskText {
    struct OpeningQuote {
        let contentStart: Int
        let quote: UInt8
        let backslashes: Int
    }

    struct ClosingQuote {
        /// Where the content ends; the closing quote's own backslashes aren't content.
        let contentEnd: Int
        /// Behind the quote. The text's end when there is none, the content's when it closed something else.
        let end: Int
    }

    /// The quote, with the backslashes before it, that stands at `start`.
    func openingQuote(at start: Int) -> OpeningQuote? {
        var i = start
        while self[i] == UInt8(ascii: "\\") { i += 1 }
        guard self[i].isQuote else { return nil }
        return OpeningQuote(contentStart: i + 1, quote: base[i], backslashes: i - start)
    }

    /// Behind Python's letters before a quote (`b'...'`, `Rb"..."`); `start` itself without any.
    func skippingStringPrefix(at start: Int) -> Int {
        var i = start
        while i < start + 2 {
            switch self[i] | 0x20 {
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "r"), UInt8(ascii: "u"): i += 1
            default: return openingQuote(at: i) == nil ? start : i
            }
        }
        return openingQuote(at: i) == nil ? start : i
    }

    func closingQuote(of open: OpeningQuote) -> ClosingQuote {
        var i = open.contentStart
        while i < count {
            guard base[i] == open.quote else {
                i += 1
                continue
            }
            var before = 0
            while i - before > open.contentStart, base[i - before - 1] == UInt8(ascii: "\\") { before += 1 }
            if before < open.backslashes {
                return ClosingQuote(contentEnd: i - before, end: i - before)
            }
            let escapes = (before - open.backslashes) / (open.backslashes + 1)
            if escapes % 2 == 0 { return ClosingQuote(contentEnd: i - open.backslashes, end: i + 1) }
            i += 1
        }
        return ClosingQuote(contentEnd: count, end: count)
    }

    /// Behind the bracket that closes the one at `start`, brackets in quotes apart; the text's end without one.
    func balancedEnd(at start: Int) -> Int {
        var depth = 0
        var i = start
        while i < count {
            switch base[i] {
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return i + 1 }
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"):
                if let quote = openingQuote(at: i) {
                    i = max(closingQuote(of: quote).end, quote.contentStart)
                    continue
                }
            default: break
            }
            i += 1
        }
        return count
    }
}
