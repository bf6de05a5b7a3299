/// Texts of which every match of a regular expression has one, so that most lines needn't be looked at by the
/// expression.
///
/// Knows the plain parts of PCRE2's syntax only; of whatever could change what a character means it says nothing.
enum RequiredText {
    /// For each choice outside of groups the longest such text, of two bytes or more; nil where a choice has none that
    /// is certain, or where they are more than eight.
    static func of(_ expression: String) -> [[UInt8]]? {
        var scan = Scan(scalars: Array(expression.unicodeScalars))
        return scan.result()
    }

    private struct Scan {
        let scalars: [Unicode.Scalar]
        var place = 0
        var depth = 0
        var run = String.UnicodeScalarView()
        var best: [UInt8] = []
        var choices: [[UInt8]] = []

        mutating func result() -> [[UInt8]]? {
            while place < scalars.count {
                let scalar = scalars[place]
                place += 1
                switch scalar {
                case "|": guard depth > 0 || endChoice() else { return nil }
                case "(":
                    // What is behind `(*` or `(?` may mean anything, but for a plain group.
                    if peek == "*" || (peek == "?" && !has(":", at: place + 1)) { return nil }
                    endRun()
                    depth += 1
                case ")":
                    endRun()
                    depth -= 1
                    if depth < 0 { return nil }
                case "[": guard passClass() else { return nil }
                case "?", "*": dropLast()
                case "+": endRun()
                case "{":
                    dropLast()
                    guard let end = scalars[place...].firstIndex(of: "}") else { return nil }
                    place = end + 1
                case ".", "^", "$": endRun()
                case "\\": guard takeEscape() else { return nil }
                default: take(scalar)
                }
            }
            return depth == 0 && endChoice() ? choices : nil
        }

        /// Whether the choice that ends here has a text, and there is room for it.
        private mutating func endChoice() -> Bool {
            endRun()
            guard best.count >= 2, choices.count < 8 else { return false }
            if !choices.contains(best) { choices.append(best) }
            best = []
            return true
        }

        private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

        private func has(_ scalar: Unicode.Scalar, at index: Int) -> Bool {
            index < scalars.count && scalars[index] == scalar
        }

        /// Only what stands in no group must be there.
        private mutating func take(_ scalar: Unicode.Scalar) { if depth == 0 { run.append(scalar) } }

        private mutating func endRun() {
            let bytes = Array(String(run).utf8)
            if bytes.count > best.count { best = bytes }
            run = .init()
        }

        /// The last character may be missing.
        private mutating func dropLast() {
            if !run.isEmpty { run.removeLast() }
            endRun()
        }

        private mutating func takeEscape() -> Bool {
            guard let next = peek else { return false }
            place += 1
            switch next {
            case "d", "D", "w", "W", "s", "S", "b", "B", "h", "H", "v", "V", "R": endRun()
            case _ where next.isASCII && !next.properties.isAlphabetic && next.properties.numericType == nil:
                take(next)
            default: return false
            }
            return true
        }

        /// Goes behind a class's bracket.
        private mutating func passClass() -> Bool {
            endRun()
            if peek == "^" { place += 1 }
            if peek == "]" { place += 1 }
            while let next = peek {
                place += 1
                switch next {
                case "]": return true
                case "\\": place += 1
                // `[:alpha:]` and the like.
                case "[": if peek == ":" || peek == "." || peek == "=" { return false }
                default: break
                }
            }
            return false
        }
    }
}
