/// `Bearer` and a credential, wherever they stand.
extension MaskText {
    /// The credential behind the word `Bearer` that begins at `start`, if it looks like one.
    func bearerToken(at start: Int, floor: Int) -> Range<Int>? {
        guard has("bearer", at: start), isWordStart(start, floor: floor), self[start + 6].isBlank else {
            return nil
        }
        let first = skippingBlanks(from: start + 6)
        var end = first
        while isCredential(self[end]) { end += 1 }
        let next = end
        // `Bearer realm="..."` has a parameter there; padding before a quote that closes stays a credential.
        if end > first, base[end - 1] == UInt8(ascii: "="), self[end].isQuote, end + 1 < count,
            !base[end + 1].endsWord, parameterNameEnd(first..<end) != nil
        {
            return nil
        }
        // A full stop ends the sentence, not the credential.
        while end > first, base[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard end > first, base[first] != UInt8(ascii: "=") else { return nil }
        let isHeader = base[start] == UInt8(ascii: "B") && !self[next].isBlank
        return looksSecret(first, end, isHeader: isHeader) ? first..<end : nil
    }

    /// The end of the name that `word` is or begins with, up to a `=`. With a digit it is none, or a credential
    /// could end like a name.
    func parameterNameEnd(_ word: Range<Int>) -> Int? {
        for i in word {
            if base[i] == UInt8(ascii: "=") { return i }
            if base[i].isDigit { return nil }
        }
        return word.upperBound
    }

    /// A digit gives a credential away, and so do eight characters, unless they are a word that follows
    /// "bearer" in prose. Shorter words pass for credentials only behind `Bearer` and at the end of what is said.
    private func looksSecret(_ start: Int, _ end: Int, isHeader: Bool) -> Bool {
        for i in start..<end where base[i].isDigit { return true }
        let isLong = end - start >= 8
        guard isLong || isHeader else { return false }
        for word in MaskText.proseBehindBearer where word.utf8CodeUnitCount == end - start {
            if has(word, at: start) { return false }
        }
        return true
    }

    private static var proseBehindBearer: [StaticString] {
        [
            "token", "tokens", "auth", "scheme", "header", "headers", "only", "bonds", "bond", "share",
            "shares",
            "authentication", "authorization", "credential", "credentials", "challenge", "required",
            "instrument", "instruments", "certificate", "certificates", "security", "securities",
        ]
    }

    private func isCredential(_ byte: UInt8) -> Bool {
        if byte.isBase64URL { return true }
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            return true
        default: return false
        }
    }
}
