internal import LogModel

/// Text as Telegram's HTML parse mode takes it.
///
/// Telegram limits a message to 4096 UTF-16 units after it has read the markup. Here the units of the text as it is
/// sent are counted, markup and entities included: never less than what Telegram counts.
enum TelegramText {
    static let limit = 4096

    /// UTF-16 units.
    static func length(_ text: String) -> Int { text.utf16.count }

    /// The text with `<`, `>` and `&` as entities, and what could turn text round or is no character visibly
    /// escaped. A newline stays one where `keepingLines`. Over `limit` units it loses its end to `…`; neither an
    /// entity, an escape nor a surrogate pair is ever cut in two. Looks no further than the limit.
    static func escaped(_ text: String, keepingLines: Bool = false, limit: Int) -> String {
        var out = ""
        var length = 0
        // As far as there is room for the ellipsis behind it.
        var safe = ""
        var isSafe = true
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            let piece = escaped(scalar, keepingLines: keepingLines, after: previous)
            previous = scalar
            let next = length + piece.utf16.count
            if isSafe, next > limit - 1 {
                safe = out
                isSafe = false
            }
            guard next <= limit else { return withoutJoiner(safe) + "…" }
            out += piece
            length = next
        }
        return out
    }

    private static func escaped(
        _ scalar: Unicode.Scalar, keepingLines: Bool, after previous: Unicode.Scalar?
    ) -> String {
        switch scalar {
        case "<": return "&lt;"
        case ">": return "&gt;"
        case "&": return "&amp;"
        case "\n" where keepingLines: return previous == "\r" ? "" : "\n"
        case "\r" where keepingLines: return "\n"
        case "\t": return keepingLines ? "\t" : " "
        case let scalar where UnsafeCharacter.contains(scalar.value):
            var escape = OutputBuffer(capacity: 8)
            JSONText.appendEscape(scalar.value, to: &escape)
            return String(decoding: escape.bytes, as: UTF8.self)
        default: return String(Character(scalar))
        }
    }

    /// A joiner at the end would draw the ellipsis into the character before it.
    private static func withoutJoiner(_ text: String) -> String {
        guard text.unicodeScalars.last == "\u{200D}" else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.dropLast()))
    }
}
