/// Where the value of a secret field begins and ends in text.
extension MaskText {
    /// The first byte behind `=`, `:`, `:=`, `==` or `=>` at `position` and the blanks that follow.
    func skippingSeparator(at position: Int) -> Int {
        var i = position + 1
        while self[i] == UInt8(ascii: "=") { i += 1 }
        if i > position, base[i - 1] == UInt8(ascii: "="), self[i] == UInt8(ascii: ">") { i += 1 }
        return skippingBlanks(from: i)
    }

    /// What is to be masked of the value that begins at `start`; nil for an absent value and for null.
    func secretValue(at start: Int, _ extent: SecretNames.Extent) -> Range<Int>? {
        guard start < count else { return nil }
        if let quote = openingQuote(at: skippingStringPrefix(at: start)) {
            let end = closingQuote(of: quote)
            // A lone quote at the very end quotes nothing.
            return quote.contentStart == count ? nil : quote.contentStart..<end.contentEnd
        }
        switch base[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("):
            return start..<wordEnd(from: balancedEnd(at: start))
        case UInt8(ascii: "*") where has("***masked***", at: start):
            return start..<wordEnd(from: start + 12)
        default:
            let end = wordEnd(from: start)
            if end == start || isNull(start, end) { return nil }
            return start..<(extent == .line ? lineEnd(from: end) : valueEnd(start, end))
        }
    }

    /// The end of an unquoted value whose first word is `start..<end`.
    private func valueEnd(_ start: Int, _ end: Int) -> Int {
        // SecretStr('...'): the quoted argument is the secret.
        if base[end - 1] == UInt8(ascii: "("), let quote = openingQuote(at: end) {
            let close = closingQuote(of: quote).end
            return wordEnd(from: self[close] == UInt8(ascii: ")") ? close + 1 : close)
        }
        guard self[end].isBlank, isScheme(start, end) else { return end }
        let credential = skippingBlanks(from: end)
        if let quote = openingQuote(at: credential) { return wordEnd(from: closingQuote(of: quote).end) }
        let credentialEnd = wordEnd(from: credential)
        if credentialEnd == credential { return end }
        // Digest's parameters: username="...", response="...".
        let isParameter = base[credentialEnd - 1] == UInt8(ascii: "=") && self[credentialEnd].isQuote
        return isParameter ? lineEnd(from: credentialEnd) : credentialEnd
    }

    /// Whether an authentication scheme's name fills `start..<end`.
    private func isScheme(_ start: Int, _ end: Int) -> Bool {
        switch end - start {
        case 5: has("basic", at: start) || has("token", at: start)
        case 6: has("bearer", at: start) || has("digest", at: start)
        default: false
        }
    }

    /// The end of the unquoted word, or the rest of one, at `start`. Backslashes before a quote are the quote's.
    private func wordEnd(from start: Int) -> Int {
        var i = start
        while i < count, !base[i].endsWord { i += 1 }
        if i < count, base[i].isQuote {
            while i > start, base[i - 1] == UInt8(ascii: "\\") { i -= 1 }
        }
        return i
    }

    func lineEnd(from start: Int) -> Int {
        var i = start
        while i < count, !base[i].isLineEnd { i += 1 }
        return i
    }

    private func isNull(_ start: Int, _ end: Int) -> Bool {
        switch end - start {
        case 3: holds("nil", at: start)
        case 4: holds("null", at: start) || holds("None", at: start) || holds("NULL", at: start)
        default: false
        }
    }

    private func holds(_ word: StaticString, at start: Int) -> Bool {
        for i in 0..<word.utf8CodeUnitCount where base[start + i] != word.utf8Start[i] { return false }
        return true
    }
}
