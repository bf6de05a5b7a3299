/// A value as somebody wrote it, before its key says which type it must have.
package struct WrittenValue: Sendable {
    package indirect enum Content: Sendable {
        case null
        case scalar(String, quoted: Bool)
        case list([WrittenValue])
        case map([WrittenEntry])
    }

    package var content: Content
    package var origin: Origin

    /// How a message names it; text is quoted, escaped and cut.
    package var found: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, _): quoted(text.count > 80 ? text.prefix(80) + "…" : text)
        case .list(let items): "a list of \(items.count)"
        case .map: "a map"
        }
    }
}

/// One `name: value` of a map.
package struct WrittenEntry: Sendable {
    package var name: String
    package var nameOrigin: Origin
    package var value: WrittenValue
}

/// Where a value came from.
package enum Origin: Sendable, Hashable, CustomStringConvertible {
    case standard
    case file(String, line: Int, column: Int)
    /// `--set NAME=…`
    case flag(String)
    /// An environment variable.
    case variable(String)
    /// A file that holds one secret: a systemd credential or a `token_file`.
    case secretFile(String)

    package var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .flag(let name): "--set \(name)"
        case .variable(let name): "environment variable \(name)"
        case .secretFile(let path): path
        }
    }
}

/// Text between double quotes, escaped as JSON and YAML both read it.
package func quoted(_ text: some StringProtocol) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}", "\u{202a}"..."\u{202e}",
            "\u{2066}"..."\u{2069}", "\u{feff}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
