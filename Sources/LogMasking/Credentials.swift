/// Secrets that show by their own form.
extension MaskText {
    /// The password of `scheme://user:password@` whose `:` of `://` stands at `position`. It may hold colons and
    /// ends at the last `@` of the authority.
    func urlPassword(at position: Int, floor: Int) -> Range<Int>? {
        guard position > floor, base[position - 1].isAlphanumeric else { return nil }
        var colon = -1
        var at = -1
        var i = position + 3
        scan: while i < count {
            switch base[i] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""),
                UInt8(ascii: "'"):
                break scan
            case UInt8(ascii: ":"):
                if colon < 0 { colon = i }
            case UInt8(ascii: "@"):
                at = i
            case let byte where byte.isSpace:
                break scan
            default:
                break
            }
            i += 1
        }
        guard colon >= 0, at > colon + 1 else { return nil }
        return colon + 1..<at
    }

    /// A Telegram bot token around the colon at `position`: 8 to 10 digits, the colon, 35 of `[A-Za-z0-9_-]`.
    func botToken(around position: Int, floor: Int) -> Range<Int>? {
        var start = position
        while start > floor, position - start < 11, base[start - 1].isDigit { start -= 1 }
        guard 8...10 ~= position - start else { return nil }
        var end = position + 1
        while end < count, base[end].isBase64URL { end += 1 }
        return end - position > 35 ? start..<end : nil
    }

    /// A JSON Web Token that begins with the `eyJ` at `start`: header, payload and (perhaps empty) signature, or
    /// the five parts of an encrypted one. Without a second dot the payload must look like JSON too.
    ///
    /// When there is none, `end` says how far another `eyJ` needn't be tried.
    func jsonWebToken(at start: Int, floor: Int) -> (isFound: Bool, end: Int) {
        guard has("eyj", at: start), isWordStart(start, floor: floor) else { return (false, start) }
        let header = base64URLEnd(from: start)
        guard header > start + 3, self[header] == UInt8(ascii: ".") else { return (false, header) }
        let payload = base64URLEnd(from: header + 1)
        guard payload > header + 1 else { return (false, header) }
        guard self[payload] == UInt8(ascii: ".") else {
            return has("eyj", at: header + 1) ? (true, payload) : (false, header)
        }
        var end = base64URLEnd(from: payload + 1)
        for _ in 0..<2 where end > payload + 1 && self[end] == UInt8(ascii: ".") {
            let next = base64URLEnd(from: end + 1)
            if next == end + 1 { break }
            end = next
        }
        return (true, end)
    }

    private func base64URLEnd(from start: Int) -> Int {
        var i = start
        while i < count, base[i].isBase64URL { i += 1 }
        return i
    }
}
