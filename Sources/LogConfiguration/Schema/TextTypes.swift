import LogModel

extension ValueType where Value == Bool {
    static var boolean: ValueType {
        .scalar("true or false", quotedToo: false, write: { $0 ? "true" : "false" }) {
            text, _ throws(Refusal) in
            guard let value = truth(of: text) else { throw .plain }
            return value
        }
    }
}

extension ValueType where Value == Severity {
    static var severity: ValueType {
        .scalar(
            Severity.allCases.map(\.description).joined(separator: ", "), write: \.description
        ) { text, _ throws(Refusal) in
            guard let value = Severity(name: text) else { throw .plain }
            return value
        }
    }
}

extension ValueType where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the type's cases by its raw value; the spellings of true and false are all taken where they are cases.
    static var choice: ValueType {
        let names = Value.allCases.map(\.rawValue)
        let allowed = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return .scalar(allowed, write: \.rawValue) { text, _ throws(Refusal) in
            let name = text.lowercased()
            if let value = Value(rawValue: name) { return value }
            guard let truth = truth(of: name), let value = Value(rawValue: truth ? "true" : "false")
            else { throw .plain }
            return value
        }
    }
}

extension ValueType where Value == String {
    /// Any text that is not empty.
    static func text(_ allowed: String) -> ValueType {
        .scalar(allowed, write: plainOrQuoted) { text, _ throws(Refusal) in
            guard !text.isEmpty else { throw .plain }
            return text
        }
    }

    /// Any text, none too, without white space: tokens and names.
    static func word(_ allowed: String) -> ValueType {
        .scalar(allowed, write: plainOrQuoted) { text, _ throws(Refusal) in
            guard !text.contains(where: \.isWhitespace) else { throw .plain }
            return text
        }
    }

    /// A path from the root; a trailing slash is dropped.
    static var path: ValueType { .scalar("an absolute path", write: plainOrQuoted, read: absolutePath) }

    /// A path from the root, or empty for none.
    static var optionalPath: ValueType {
        .scalar("an absolute path, or \"\" for none", write: plainOrQuoted) { text, around throws(Refusal) in
            text.isEmpty ? text : try absolutePath(text, around)
        }
    }

    /// A path that fits into a socket's address.
    static var socketPath: ValueType {
        .scalar("an absolute path of at most 107 bytes", write: plainOrQuoted) {
            text, around throws(Refusal) in
            let path = try absolutePath(text, around)
            guard path.utf8.count <= 107 else { throw Refusal(reason: "\(path.utf8.count) bytes") }
            return path
        }
    }

    /// A time zone by its IANA name.
    static var timeZone: ValueType {
        .scalar(
            "the name of a time zone in the zoneinfo directory, such as Asia/Seoul", write: plainOrQuoted
        ) { name, surroundings throws(Refusal) in
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard !parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) else { throw .plain }
            guard surroundings.timeZoneExists(name) else {
                throw Refusal(reason: "no such time zone; is tzdata installed?")
            }
            return name
        }
    }

    /// A regular expression of PCRE2.
    static var pattern: ValueType {
        .scalar("a regular expression (PCRE2)", write: { quoted($0) }) { text, surroundings throws(Refusal) in
            guard !text.isEmpty else { throw .plain }
            if let fault = surroundings.patternFault(text) { throw Refusal(reason: fault) }
            return text
        }
    }
}

private func absolutePath(_ text: String, _: Surroundings) throws(Refusal) -> String {
    guard text.hasPrefix("/"), !text.utf8.contains(0) else { throw .plain }
    var path = text[...]
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
}

private func truth(of text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
}

/// Text as YAML, without quotes where no reader could take it for anything else.
func plainOrQuoted(_ text: String) -> String {
    let safe = text.unicodeScalars.allSatisfy {
        $0.isASCII
            && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "/_.+-".unicodeScalars.contains($0))
    }
    let first = text.unicodeScalars.first
    guard safe, let first, first == "/" || first.properties.isAlphabetic, truth(of: text) == nil,
        !["null", "y", "n"].contains(text.lowercased())
    else { return quoted(text) }
    return text
}
