/// Named values as one text: a line `name value` for each, newlines in values escaped.
struct StateText: Sendable, Equatable {
    private(set) var lines: [String] = []
    private var values: [String: String] = [:]

    init() {}

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { continue }
            values[String(line[..<space])] = StateText.decoded(line[line.index(after: space)...])
        }
    }

    var text: String { lines.joined(separator: "\n") }

    subscript(name: String) -> String? { values[name] }

    func number(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    mutating func add(_ name: String, _ value: String) {
        lines.append("\(name) \(StateText.encoded(value))")
        values[name] = value
    }

    mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, String(value)) }

    private static func encoded(_ value: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    private static func decoded(_ value: Substring) -> String {
        var out = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in value.unicodeScalars {
            if isEscaped {
                out.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }
}
