extension ValueType where Value == Int {
    /// A whole number in decimal digits.
    static func integer(_ range: ClosedRange<Int>) -> ValueType {
        let allowed =
            range.upperBound == .max
            ? "an integer of at least \(range.lowerBound)"
            : "an integer from \(range.lowerBound) to \(range.upperBound)"
        return .scalar(allowed, quotedToo: false, write: { String($0) }) { text, _ throws(Refusal) in
            guard let value = decimal(text), range.contains(value) else { throw .plain }
            return value
        }
    }

    /// A number of bytes; `K`, `KiB` and so on are powers of 1024, `KB` and so on powers of 1000.
    static func bytes(_ range: ClosedRange<Int>) -> ValueType {
        var allowed = "a number of bytes of at least \(range.lowerBound)"
        if range.upperBound != .max { allowed += " and at most \(range.upperBound)" }
        return .scalar(allowed + ", such as 65536, 64KiB or 1GiB", write: { String($0) }) {
            text, _ throws(Refusal) in
            guard let value = byteCount(in: text), range.contains(value) else { throw .plain }
            return value
        }
    }
}

extension ValueType where Value == UInt32 {
    /// A file's mode. It is read as octal however it is spelled, since nobody means the decimal 660.
    static var fileMode: ValueType {
        .scalar(
            "a file mode of three or four octal digits that lets the owner read and write, such as \"0660\"",
            write: {
                let digits = String($0, radix: 8)
                return "\"" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "\""
            }
        ) { text, _ throws(Refusal) in
            let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
            guard (3...4).contains(digits.utf8.count), let value = UInt32(digits, radix: 8),
                value <= 0o777, value & 0o600 == 0o600
            else { throw .plain }
            return value
        }
    }
}

/// Decimal digits, underscores between them; a leading zero means octal to half of all readers, so it is none.
private func decimal(_ text: some StringProtocol) -> Int? {
    let digits = String(text.filter { $0 != "_" })
    let first = digits.first { $0 != "-" && $0 != "+" }
    guard first != "0" || digits.count == 1 else { return nil }
    return Int(digits)
}

private func byteCount(in text: String) -> Int? {
    let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "_" }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    let prefixes = ["k", "m", "g", "t"]
    let factor: Int
    if unit.isEmpty || unit == "b" {
        factor = 1
    } else if let power = prefixes.firstIndex(of: String(unit.prefix(1))) {
        let base: Int
        switch unit.dropFirst() {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        factor = (0...power).reduce(1) { product, _ in product * base }
    } else {
        return nil
    }
    guard let count = decimal(number) else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: factor)
    return overflow ? nil : total
}
