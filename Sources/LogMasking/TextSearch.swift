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
            let size = min(text.count &- chunk, Int(CVS_MASK_CHUNK))
            cvs_mask_anchors(text.base + chunk, size, anchors)
            var offset = 0
            while offset < size {
                var word = anchors[offset &>> 6]
                let left = size &- offset
                if left < 64 { word &= ~(~0 &<< UInt64(truncatingIfNeeded: left)) }
                while word != 0 {
                    visit(chunk &+ offset &+ word.trailingZeroBitCount, &ranges)
                    word &= word &- 1
                }
                offset &+= 64
            }
            chunk = max(chunk &+ size, floor)
        }
        if accountNumber.lowerBound != Int.max { maskAccountNumber(&ranges) }
    }

    /// Turns most anchors away at once.
    @inline(__always) private mutating func visit(_ position: Int, _ ranges: inout MaskedRanges) {
        let here = text.base + position
        if position < accountNumber.lowerBound {
            switch here[0] {
            case UInt8(ascii: "="):
                // Behind `name = ` as well, which stands in every line of a stack trace.
                if !names.mayEnd(text, before: text[position &- 1] == 0x20 ? position &- 1 : position) {
                    return
                }
            case UInt8(ascii: ":"):
                if !names.mayEnd(text, before: position), here[1] != UInt8(ascii: "/"),
                    position < 8 || !here[-1].isDigit || !here[-8].isDigit
                {
                    return
                }
            case let byte where byte.isDigit:
                if position < 5 || !here[-2].isDigit || !here[-5].isDigit { return }
            default:
                break
            }
        }
        examine(position, &ranges)
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
