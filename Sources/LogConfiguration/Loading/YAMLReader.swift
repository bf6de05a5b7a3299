import Yams

/// Reads YAML into values that know their line and column.
struct YAMLReader {
    /// How messages name the text: the file's path.
    let path: String
    /// Keys that were given twice.
    private(set) var faults: [ConfigurationFault] = []

    init(path: String) { self.path = path }

    /// The document's only value; nil where the text is empty or can't be read, then with a fault.
    mutating func read(_ bytes: [UInt8]) -> WrittenValue? {
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            let line = String(decoding: body, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false
            ).firstIndex { $0.contains("\u{fffd}") }
            return fail("not UTF-8", line: (line ?? 0) + 1)
        }
        if let line = YAMLReader.lineOfTooManyAliases(in: text) {
            return fail("more than \(YAMLReader.mostAliases) aliases (*name)", line: line)
        }
        return read(text: text)
    }

    /// Each alias may stand for a list of others: so many, however they are arranged, make at most 324 values of one,
    /// and every two more double that.
    static let mostAliases = 16

    /// The line of the first alias too many. What only looks like one, in a comment or in quotes, counts too: to know
    /// better takes a parser, and the parser is what has to be spared.
    private static func lineOfTooManyAliases(in text: String) -> Int? {
        var line = 1
        var aliases = 0
        var before = UInt8(ascii: "\n")
        var mayBeAlias = false
        for byte in text.utf8 {
            let isOfName =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
            if mayBeAlias, isOfName { aliases += 1 }
            if aliases > mostAliases { return line }
            mayBeAlias = byte == UInt8(ascii: "*") && " \t\r\n[{,:?-".utf8.contains(before)
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        return nil
    }

    /// The same of text, in which each repeated key is set aside by a mark that is taken off again.
    mutating func read(text: String) -> WrittenValue? {
        var text = text
        while true {
            do {
                return try compose(yaml: text, .basic, .default, .utf8).map { value($0) }
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                guard let marked = setAside(keyAt: context.mark, in: text) else {
                    return fail(
                        "a key is given twice", line: context.mark.line, column: context.mark.column)
                }
                text = marked
            } catch YamlError.scanner(_, let problem, let mark, _) {
                return fail("no YAML: \(problem)", line: mark.line, column: mark.column)
            } catch YamlError.parser(_, let problem, let mark, _) {
                return fail("no YAML: \(problem)", line: mark.line, column: mark.column)
            } catch YamlError.composer(_, let problem, let mark, _) {
                return fail("no YAML: \(problem)", line: mark.line, column: mark.column)
            } catch YamlError.reader(let problem, let offset, _, _) {
                let before = text.utf8.prefix(offset ?? 0)
                return fail("no YAML: \(problem)", line: before.count { $0 == 10 } + 1)
            } catch {
                return fail("no YAML: \(error)", line: 1)
            }
        }
    }

    private mutating func fail(_ problem: String, line: Int, column: Int = 1) -> WrittenValue? {
        faults.append(
            ConfigurationFault(origin: .file(path, line: line, column: column), problem: problem))
        return nil
    }

    private func origin(_ mark: Mark?) -> Origin {
        .file(path, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private mutating func value(_ node: Node) -> WrittenValue {
        let place = origin(node.mark)
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style == .doubleQuoted || scalar.style == .singleQuoted
            let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return WrittenValue(
                content: isNull ? .null : .scalar(scalar.string, quoted: isQuoted), origin: place)
        case .sequence(let sequence):
            return WrittenValue(content: .list(sequence.map { value($0) }), origin: place)
        case .mapping(let mapping):
            return WrittenValue(content: .map(entries(of: mapping)), origin: place)
        case .alias:
            // Composing replaces aliases by what they stand for.
            return WrittenValue(content: .null, origin: place)
        }
    }

    private mutating func entries(of mapping: Node.Mapping) -> [WrittenEntry] {
        var entries: [WrittenEntry] = []
        for (key, node) in mapping {
            let given = key.scalar?.string ?? ""
            let name = String(String.UnicodeScalarView(given.unicodeScalars.filter { $0 != YAMLReader.mark }))
            let place = origin(key.mark)
            if name != given {
                faults.append(
                    ConfigurationFault(origin: place, problem: "key '\(name)' is given more than once"))
            }
            entries.append(WrittenEntry(name: name, nameOrigin: place, value: value(node)))
        }
        return entries
    }

    /// A private-use character, which no key of ours has.
    private static let mark: Unicode.Scalar = "\u{e000}"

    /// The text with marks behind the key that stands at this place; libYAML refuses repeated keys at the first.
    private func setAside(keyAt mark: Mark, in text: String) -> String? {
        var scalars = text.unicodeScalars
        var index = scalars.startIndex
        var line = 1
        while line < mark.line, index < scalars.endIndex {
            if scalars[index] == "\n" { line += 1 }
            index = scalars.index(after: index)
        }
        guard scalars.index(index, offsetBy: mark.column - 1, limitedBy: scalars.endIndex) != nil else {
            return nil
        }
        index = scalars.index(index, offsetBy: mark.column - 1)
        guard index < scalars.endIndex else { return nil }
        let quote = scalars[index]
        if quote == "\"" || quote == "'" {
            index = scalars.index(after: index)
            guard let end = scalars[index...].firstIndex(of: quote) else { return nil }
            index = end
        } else {
            guard let end = scalars[index...].firstIndex(where: { " :\n\t".unicodeScalars.contains($0) })
            else { return nil }
            index = end
        }
        // One mark more than any key that was set aside before, so that they don't clash in their turn.
        let marks = longestRunOfMarks(in: scalars) + 1
        guard marks <= 100 else { return nil }
        scalars.insert(contentsOf: repeatElement(YAMLReader.mark, count: marks), at: index)
        return String(scalars)
    }

    private func longestRunOfMarks(in scalars: String.UnicodeScalarView) -> Int {
        var longest = 0
        var run = 0
        for scalar in scalars {
            run = scalar == YAMLReader.mark ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
