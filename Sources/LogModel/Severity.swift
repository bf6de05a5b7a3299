/// How grave a record is, in rising order (contract section 2).
public enum Severity: UInt8, CaseIterable, Comparable, Sendable {
    case debug, info, warning, error, critical

    /// The name used in files, in the store and on the command line.
    @inlinable public var name: StaticString {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }

    /// The severity of exactly this name, whatever its case; aliases are the decoder's business.
    package init?(name: some StringProtocol) {
        let upper = name.uppercased()
        guard let match = Severity.allCases.first(where: { "\($0.name)" == upper }) else { return nil }
        self = match
    }

    /// The order of gravity: DEBUG is the lowest.
    @inlinable public static func < (left: Severity, right: Severity) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Severity: CustomStringConvertible {
    /// The name, as `name` has it.
    public var description: String { "\(name)" }
}
