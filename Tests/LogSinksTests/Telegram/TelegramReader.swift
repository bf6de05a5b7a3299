/// What a reader of a message sees, by the rules that Telegram documents for HTML; shares nothing with what writes.
struct TelegramReader {
    enum Fault: Error, Equatable {
        case badTag(String)
        case badEntity(String)
        case bareBracket
        case openAtTheEnd(String)
        case empty
        case tooLong(Int)
    }

    /// The visible text of a message that Telegram would take.
    static func visibleText(of html: String) throws -> String {
        // By scalars: Telegram knows nothing of what Swift takes for one character.
        let scalars = Array(html.unicodeScalars)
        var visible = String.UnicodeScalarView()
        var open: [String] = []
        var position = 0
        func text(_ range: Range<Int>) -> String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
            return String(text)
        }
        while position < scalars.count {
            switch scalars[position] {
            case "<":
                guard let end = scalars[position...].firstIndex(of: ">") else {
                    throw Fault.badTag(text(position..<position + 20))
                }
                let tag = text(position + 1..<end)
                let name = String(tag.drop { $0 == "/" })
                guard ["b", "i", "u", "s", "code", "pre"].contains(name) else { throw Fault.badTag(tag) }
                if tag.hasPrefix("/") {
                    guard open.popLast() == name else { throw Fault.badTag(tag) }
                } else {
                    open.append(name)
                }
                position = end + 1
            case ">": throw Fault.bareBracket
            case "&":
                let entities: [(String, Unicode.Scalar)] = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
                let found = entities.first { text(position..<position + $0.0.unicodeScalars.count) == $0.0 }
                guard let (entity, meaning) = found else {
                    throw Fault.badEntity(text(position..<position + 8))
                }
                visible.append(meaning)
                position += entity.unicodeScalars.count
            case let scalar:
                visible.append(scalar)
                position += 1
            }
        }
        if let last = open.last { throw Fault.openAtTheEnd(last) }
        let seen = String(visible)
        if seen.allSatisfy(\.isWhitespace) { throw Fault.empty }
        if seen.utf16.count > 4096 { throw Fault.tooLong(seen.utf16.count) }
        return seen
    }
}
