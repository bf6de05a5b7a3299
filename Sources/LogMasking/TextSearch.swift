internal import CVectorScan

/// One pass from left to right over decoded text, which notes what is secret.
///
/// Vectors find the anchors, bytes without which no rule applies; the rule that belongs to an anchor looks
/// around it. Nothing before `floor` is looked at again: it was masked, or is the text's own beginning.
struct TextSearch {
    let text: MaskText
    let names: SecretNames.Index
    private var floor = 0
    /// Before this no JSON Web Token begins; without it `-eyJ-eyJ-eyJ` would be read once for each.
    private var tokenFloor = 0
    /// The number that an account word announced, as long as nothing between the two is masked.
    private var accountNumber = TextSearch.noNumber

    private static var noNumber: Range<Int> { Int.max..<Int.max }

    init(text: MaskText, names: SecretNames.Index) {
        self.text = text
        self.names = names
    }

    /// `anchors` is scratch for `CVS_MASK_CHUNK` bits.
    @inline(__always) mutating func run(_ ranges: inout MaskedRanges, anchors: UnsafeMutablePointer<UInt64>) {
        var chunk = 0
        while chunk < text.count {
            let size = findAnchors(from: chunk, anchors)
            var offset = 0
            while offset < size {
                var word = anchors[offset &>> 6]
                while word != 0 {
                    let position = chunk &+ offset &+ word.trailingZeroBitCount
                    if position >= accountNumber.lowerBound || !isIdle(position) {
                        examine(position, &ranges)
                    }
                    word &= word &- 1
                }
                offset &+= 64
            }
            chunk = max(chunk &+ size, floor)
        }
        if accountNumber.lowerBound != Int.max { maskAccountNumber(&ranges) }
    }

    /// Whether the rules might find something in a JSON string of which this is the content as it stands, with its
    /// escapes, all of two bytes; where it says no, nothing is found in the decoded text either.
    ///
    /// No escape stands for a part of an anchor, so that the decoded text has none that isn't here. What is asked of an
    /// anchor's surroundings is the same here as there unless an escape lies among the few bytes before it: then the
    /// answer is yes. Numbers that an escape parts are none.
    func mayFindDecoded(anchors: UnsafeMutablePointer<UInt64>) -> Bool {
        var chunk = 0
        while chunk < text.count {
            let size = findAnchors(from: chunk, anchors)
            var offset = 0
            while offset < size {
                var word = anchors[offset &>> 6]
                while word != 0 {
                    let position = chunk &+ offset &+ word.trailingZeroBitCount
                    if !isIdle(position) || hasBackslash(before: position) { return true }
                    word &= word &- 1
                }
                offset &+= 64
            }
            chunk &+= size
        }
        return false
    }

    /// Finds the anchors of the text's next chunk; returns how long it is.
    @inline(__always) private func findAnchors(
        from start: Int, _ anchors: UnsafeMutablePointer<UInt64>
    ) -> Int {
        let size = min(text.count &- start, Int(CVS_MASK_CHUNK))
        cvs_mask_anchors(text.base + start, size, anchors)
        if size & 63 != 0 { anchors[size &>> 6] &= ~(~0 &<< UInt64(truncatingIfNeeded: size & 63)) }
        return size
    }

    /// Whether nothing begins at this anchor: turns most away at once.
    @inline(__always) private func isIdle(_ position: Int) -> Bool {
        let here = text.base + position
        switch here[0] {
        case UInt8(ascii: "="):
            // Behind `name = ` as well, which stands in every line of a stack trace.
            return !names.mayEnd(text, before: text[position &- 1] == 0x20 ? position &- 1 : position)
        case UInt8(ascii: ":"):
            return !names.mayEnd(text, before: position) && here[1] != UInt8(ascii: "/")
                && (position < 8 || !here[-1].isDigit || !here[-8].isDigit)
        case let byte where byte.isDigit:
            return position < 5 || !here[-2].isDigit || !here[-5].isDigit
        default:
            return false
        }
    }

    /// Whether there is one among the eight bytes before.
    @inline(__always) private func hasBackslash(before position: Int) -> Bool {
        guard position >= 8 else { return (0..<position).contains { text.base[$0] == UInt8(ascii: "\\") } }
        let bytes = UnsafeRawPointer(text.base).loadUnaligned(fromByteOffset: position &- 8, as: UInt64.self)
        // A byte that is one becomes zero, which borrows from its highest bit.
        let rest = bytes ^ 0x5C5C_5C5C_5C5C_5C5C
        return (rest &- 0x0101_0101_0101_0101) & ~rest & 0x8080_8080_8080_8080 != 0
    }

    @inline(never) private mutating func examine(_ position: Int, _ ranges: inout MaskedRanges) {
        if position >= accountNumber.lowerBound { maskAccountNumber(&ranges) }
        if position < floor { return }
        switch text.base[position] {
        case UInt8(ascii: "="), UInt8(ascii: ":"):
            separator(position, &ranges)
        case UInt8(ascii: "e") where text[position + 1] == UInt8(ascii: "y"):
            if position < tokenFloor { return }
            let token = text.jsonWebToken(at: position, floor: floor)
            if token.isFound { mask(position, token.end, &ranges) } else { tokenFloor = token.end }
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            if let token = text.bearerToken(at: position, floor: floor), !isFieldName(token) {
                mask(token.lowerBound, token.upperBound, &ranges)
            }
        case let byte where byte.isDigit:
            if let number = text.hyphenatedNumber(around: position + 1, floor: floor) {
                mask(number.lowerBound, number.upperBound, &ranges)
            }
        default:
            if let end = text.accountWordEnd(inside: position) { expectAccountNumber(from: end) }
        }
    }

    private mutating func separator(_ position: Int, _ ranges: inout MaskedRanges) {
        if text.base[position] == UInt8(ascii: ":") {
            if text[position + 1] == UInt8(ascii: "/"), text[position + 2] == UInt8(ascii: "/") {
                if let password = text.urlPassword(at: position, floor: floor) {
                    mask(password.lowerBound, password.upperBound, &ranges)
                }
                return
            }
            if text[position + 1] == UInt8(ascii: ":") { return }
            if let token = text.botToken(around: position, floor: floor) {
                return mask(token.lowerBound, token.upperBound, &ranges)
            }
        }
        guard let extent = names.field(text, before: position, floor: floor) else { return }
        var start = text.skippingSeparator(at: position)
        while let value = text.secretValue(at: start, extent) {
            mask(value.lowerBound, value.upperBound, &ranges)
            // What stood there was a type when a value follows: `password: str = "..."`.
            let next = text.skippingBlanks(from: value.upperBound)
            guard next > value.upperBound, text[next] == UInt8(ascii: "="),
                text[next + 1] != UInt8(ascii: "=")
            else { return }
            start = text.skippingBlanks(from: next + 1)
        }
    }

    /// Whether what looks like a credential is a secret field's name: `bearer token: abc`, `bearer token=abc`.
    private func isFieldName(_ word: Range<Int>) -> Bool {
        guard let end = text.parameterNameEnd(word) else { return false }
        let separator = text.skippingBlanks(from: end)
        guard text[separator] == UInt8(ascii: ":") || text[separator] == UInt8(ascii: "=") else {
            return false
        }
        return names.field(text, before: separator, floor: word.lowerBound) != nil
    }

    mutating func expectAccountNumber(from start: Int) {
        accountNumber = text.announcedAccountNumber(from: start) ?? TextSearch.noNumber
    }

    private mutating func maskAccountNumber(_ ranges: inout MaskedRanges) {
        mask(accountNumber.lowerBound, accountNumber.upperBound, &ranges)
    }

    private mutating func mask(_ start: Int, _ end: Int, _ ranges: inout MaskedRanges) {
        ranges.append(start, end)
        floor = end
        accountNumber = TextSearch.noNumber
    }
}
