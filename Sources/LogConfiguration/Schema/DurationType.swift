extension ValueType where Value == Duration {
    /// A length of time with its unit, to the millisecond: `500ms`, `5s`, `1h30m`, or a bare 0.
    static func duration(_ range: ClosedRange<Duration>) -> ValueType {
        let allowed =
            "a duration from \(durationText(range.lowerBound)) to \(durationText(range.upperBound)), "
            + "such as 500ms, 30s, 5m, 2h or 7d"
        return .scalar(allowed, write: durationText) { text, _ throws(Refusal) in
            guard let value = parseDuration(text), range.contains(value) else { throw .plain }
            return value
        }
    }
}

private let units: [(name: String, milliseconds: Int)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
]

/// The length of time that this text names, or nil.
package func parseDuration(_ text: some StringProtocol) -> Duration? {
    if text == "0" { return .zero }
    var rest = text.lowercased()[...]
    var total = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(unit.count)
        guard let count = Int(digits), let factor = units.first(where: { $0.name == unit })?.milliseconds
        else { return nil }
        let (part, overflow) = count.multipliedReportingOverflow(by: factor)
        let (sum, sumOverflow) = total.addingReportingOverflow(part)
        guard !overflow, !sumOverflow else { return nil }
        total = sum
    }
    return .milliseconds(total)
}

/// The duration in the largest unit that leaves no remainder; `parseDuration` takes it back.
package func durationText(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    guard milliseconds != 0 else { return "0s" }
    let unit = units.last { $0.name != "w" && milliseconds % $0.milliseconds == 0 } ?? units[0]
    return "\(milliseconds / unit.milliseconds)\(unit.name)"
}
