/// One thing that is wrong with a configuration, said on one line.
package struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// Where it stands; nil where no single place is to blame.
    package var origin: Origin?
    /// The dotted name of the key, where one is concerned.
    package var key: String?
    package var problem: String

    package var description: String {
        var parts: [String] = []
        switch origin {
        case nil, .standard: break
        case .some(let origin): parts.append("\(origin)")
        }
        // A flag names its key already.
        if let key, parts.last != "--set \(key)" { parts.append(key) }
        parts.append(problem)
        return parts.joined(separator: ": ")
    }
}

extension ConfigurationFault {
    init(_ key: ConfigurationKey, _ fault: ValueFault) {
        let reason = fault.reason.map { " (\($0))" } ?? ""
        self.init(
            origin: fault.origin, key: key.name,
            problem: "found \(key.shownFound(fault.found))\(reason), allowed: \(fault.allowed)")
    }

    /// `name` is dotted and whole; what it may be is said of the innermost group that exists.
    static func unknownKey(_ name: String, at origin: Origin) -> ConfigurationFault {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let group = parts.dropLast().joined(separator: ".")
        var hint: String?
        var allowed: [String]
        if ConfigurationSchema.isGroup(name) {
            allowed = ConfigurationSchema.children(of: name).map { "\(name).\($0)" }
        } else if group.isEmpty || ConfigurationSchema.isGroup(group) {
            allowed = ConfigurationSchema.children(of: group)
            hint = nearest(to: String(parts.last ?? ""), in: allowed)
        } else {
            allowed = ConfigurationSchema.children(of: "")
            hint = nearest(to: name, in: ConfigurationSchema.keys.map(\.name))
        }
        let question = hint.map { " (did you mean '\($0)'?)" } ?? ""
        return ConfigurationFault(
            origin: origin,
            problem: "unknown key '\(name)'\(question), allowed: \(allowed.joined(separator: ", "))")
    }
}

/// Everything that is wrong with a configuration, all at once.
package struct ConfigurationFaults: Error, Sendable, Equatable, CustomStringConvertible {
    package var faults: [ConfigurationFault]

    /// One line for each.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// Something that a reader should know of a configuration that can be used.
package struct ConfigurationNote: Sendable, Equatable {
    package var isWarning: Bool
    package var text: String

    static func warning(_ text: String) -> ConfigurationNote {
        ConfigurationNote(isWarning: true, text: text)
    }
    static func notice(_ text: String) -> ConfigurationNote {
        ConfigurationNote(isWarning: false, text: text)
    }
}
