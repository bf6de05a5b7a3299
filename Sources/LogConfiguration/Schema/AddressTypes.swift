extension ValueType where Value == String {
    /// A Postgres URL in one of the spellings that services share, or empty for the embedded store.
    static var databaseURL: ValueType {
        .scalar(
            "a postgres://, postgresql:// or postgresql+driver:// URL, or \"\" for the embedded store",
            write: plainOrQuoted
        ) { text, _ throws(Refusal) in
            guard text.isEmpty || isPostgresURL(text) else { throw .plain }
            return text
        }
    }

    /// An http or https URL with a host; a trailing slash is dropped.
    static var webURL: ValueType {
        .scalar("an http:// or https:// URL", write: plainOrQuoted) { text, _ throws(Refusal) in
            guard let (scheme, rest) = splitURL(text), ["http", "https"].contains(scheme),
                let first = rest.utf8.first, first != UInt8(ascii: "/"),
                !text.contains(where: \.isWhitespace)
            else { throw .plain }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    /// `ADDRESS:PORT`, or empty for none.
    static var listenAddress: ValueType {
        .scalar(
            "ADDRESS:PORT such as 127.0.0.1:9514 or [::1]:9514, or \"\" for none", write: plainOrQuoted
        ) { text, _ throws(Refusal) in
            guard text.isEmpty || ListenAddress(text) != nil else { throw .plain }
            return text
        }
    }
}

/// `ADDRESS:PORT`, an IPv6 address in brackets.
package struct ListenAddress: Sendable, Equatable {
    package var host: String
    /// 0 lets the kernel choose.
    package var port: Int

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { return nil }
        } else if host != "localhost" {
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else { return nil }
        }
        self.host = String(host)
        self.port = port
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

/// Whether the URL has a scheme that means Postgres (contract section 5).
func isPostgresURL(_ text: String) -> Bool {
    guard let (scheme, rest) = splitURL(text), !rest.isEmpty else { return false }
    let base = scheme.split(separator: "+", maxSplits: 1).first.map(String.init) ?? scheme
    return ["postgres", "postgresql"].contains(base)
}

/// Scheme in lower case, and what follows `://`.
func splitURL(_ text: String) -> (scheme: String, rest: Substring)? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    let scheme = text[..<colon]
    guard let first = scheme.first, first.isLetter,
        scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return (scheme.lowercased(), text[colon...].dropFirst(3))
}

/// The URL with `***` for its password and for a password in its query; nil where it is no URL at all.
package func maskedURL(_ text: String) -> String? {
    guard let (_, rest) = splitURL(text) else { return nil }
    let head = text[..<rest.startIndex]
    // The last @ before the path: what a careless password holds must not show.
    let queryStart = rest.firstIndex(of: "?") ?? rest.endIndex
    var body = String(rest[..<queryStart])
    if let at = body.lastIndex(of: "@") {
        let user = body[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if user.count == 2 { body = user[0] + ":***" + body[at...] }
    }
    guard queryStart < rest.endIndex else { return head + body }
    let parameters = rest[queryStart...].dropFirst().split(separator: "&", omittingEmptySubsequences: false)
    let shown = parameters.map { parameter -> String in
        let name = parameter.prefix { $0 != "=" }
        return name.lowercased().contains("pass") ? name + "=***" : String(parameter)
    }
    return head + body + "?" + shown.joined(separator: "&")
}
