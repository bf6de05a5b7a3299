internal import CVectorScan

/// Walks from string to string of a valid JSON value and notes what is secret, in offsets of the raw JSON.
///
/// A string with a colon behind it is a key: that is all of JSON's structure that masking needs, so there is no
/// depth to keep.
struct JSONSearch {
    let json: MaskText
    let names: SecretNames.Index

    init(json: MaskText, names: SecretNames.Index) {
        self.json = json
        self.names = names
    }

    mutating func run(
        _ patterns: (any SecretPatternSearch)?, _ ranges: inout MaskedRanges, _ scratch: inout MaskScratch
    ) {
        var isUnderAccountKey = false
        var i = 0
        while let quote = nextQuote(from: i) {
            let (end, isEscaped) = stringEnd(from: quote + 1)
            let text = JSONString(json, quote + 1, end, isEscaped: isEscaped)
            let next = skippingSpace(from: end + 1)
            guard json[next] == UInt8(ascii: ":") else {
                text.search(names, patterns, underAccountKey: isUnderAccountKey, &ranges, &scratch)
                isUnderAccountKey = false
                i = end + 1
                continue
            }
            let value = skippingSpace(from: next + 1)
            let (isSecret, isAccount) = text.withDecoded(&scratch.decoded) { key in
                (names.isSecret(key), key.endsInAccountWord)
            }
            i = value
            isUnderAccountKey = isAccount && json[value] == UInt8(ascii: "\"")
            if isSecret {
                i = maskValue(at: value, &ranges)
            } else if isAccount, json.isTenDigitValue(at: value) {
                ranges.append(value, value + 10, quoted: true)
            }
        }
    }

    /// Masks the value at `start`, unless it is null, and returns its end.
    private func maskValue(at start: Int, _ ranges: inout MaskedRanges) -> Int {
        switch json[start] {
        case UInt8(ascii: "\""):
            let end = stringEnd(from: start + 1).end
            ranges.append(start + 1, end)
            return end + 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let end = containerEnd(at: start)
            ranges.append(start, end, quoted: true)
            return end
        case UInt8(ascii: "n"):
            return start + 4
        default:
            var end = start
            while end < json.count, !json.base[end].endsJSONScalar { end += 1 }
            ranges.append(start, end, quoted: true)
            return end
        }
    }

    /// The next quote from `start` on, which is outside any string.
    private func nextQuote(from start: Int) -> Int? {
        var i = start
        while i < json.count {
            let stops = cvs_string_stops16(json.base + i)
            if stops != 0 {
                i += stops.trailingZeroBitCount
                return i < json.count ? i : nil
            }
            i += 16
        }
        return nil
    }

    /// The closing quote of the string whose content begins at `start`, and whether it holds escapes.
    private func stringEnd(from start: Int) -> (end: Int, isEscaped: Bool) {
        var isEscaped = false
        var i = start
        while i < json.count {
            let stops = cvs_string_stops16(json.base + i)
            if stops == 0 {
                i += 16
                continue
            }
            i += stops.trailingZeroBitCount
            if json[i] != UInt8(ascii: "\\") { break }
            isEscaped = true
            i += 2
        }
        return (min(i, json.count), isEscaped)
    }

    /// Behind the object or list that begins at `start`.
    private func containerEnd(at start: Int) -> Int {
        var depth = 0
        var i = start
        while i < json.count {
            switch json.base[i] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return i + 1 }
            case UInt8(ascii: "\""): i = stringEnd(from: i + 1).end
            default: break
            }
            i += 1
        }
        return json.count
    }

    private func skippingSpace(from start: Int) -> Int {
        var i = start
        while json[i].isSpace { i += 1 }
        return i
    }
}

extension MaskText {
    /// Whether exactly ten digits are the whole JSON value at `start`.
    fileprivate func isTenDigitValue(at start: Int) -> Bool {
        for i in start..<start + 10 where !self[i].isDigit { return false }
        return start + 10 >= count || base[start + 10].endsJSONScalar
    }
}

extension UInt8 {
    fileprivate var endsJSONScalar: Bool {
        isSpace || self == UInt8(ascii: ",") || self == UInt8(ascii: "}") || self == UInt8(ascii: "]")
    }
}
