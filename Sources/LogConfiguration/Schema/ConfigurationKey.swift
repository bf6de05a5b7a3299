/// One thing that can be set: a row of the table from which files, flags, variables and documents are made.
package struct ConfigurationKey: Sendable {
    /// When a changed value counts.
    package enum Change: Sendable { case live, restart }
    /// What of a value may be shown.
    package enum Secrecy: Sendable { case open, whole, urlPassword }

    /// The dotted name, for example `files.time_zone`.
    package let name: String
    /// One line for people.
    package let documentation: String
    package let change: Change
    package let secrecy: Secrecy
    package let allowed: String
    /// The default as YAML on one line.
    package let standard: String
    /// Whether mere text (a flag, a variable) is taken apart as a list or as YAML first.
    let isList: Bool
    let isStructure: Bool
    let acceptsEmptyText: Bool

    /// Sets the value in the configuration; returns what is wrong with it, and then leaves all as it was.
    let set: @Sendable (WrittenValue, Surroundings, inout Configuration) -> [ValueFault]
    private let text: @Sendable (Configuration) -> String
    private let equal: @Sendable (Configuration, Configuration) -> Bool
    /// Takes the value over from the first into the second.
    let copy: @Sendable (Configuration, inout Configuration) -> Void

    init<Value: Equatable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ type: ValueType<Value>,
        _ documentation: String, change: Change, secrecy: Secrecy = .open
    ) {
        self.name = name
        self.documentation = documentation
        self.change = change
        self.secrecy = secrecy
        allowed = type.allowed
        isList = type.shape == .list
        isStructure = type.shape == .structure
        standard = type.write(Configuration()[keyPath: path])
        acceptsEmptyText = standard == "\"\""
        set = { written, surroundings, configuration in
            var faults: [ValueFault] = []
            if let value = type.read(written, surroundings, &faults) { configuration[keyPath: path] = value }
            return faults
        }
        text = { type.write($0[keyPath: path]) }
        equal = { $0[keyPath: path] == $1[keyPath: path] }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// `HANTU_LOGD_FILES_TIME_ZONE`.
    package var variable: String {
        "HANTU_LOGD_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// The value as YAML on one line, without what is secret in it.
    package func shown(in configuration: Configuration) -> String {
        let value = text(configuration)
        switch secrecy {
        case .open: return value
        case .whole: return value == "\"\"" ? value : "\"***\""
        case .urlPassword:
            guard value != "\"\"" else { return value }
            return quoted(
                maskedURL(value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value) ?? "***")
        }
    }

    /// What a message may say of a value that was not taken.
    func shownFound(_ found: String) -> String {
        switch secrecy {
        case .open: return found
        case .whole: return "a value that is not shown"
        case .urlPassword:
            guard found.hasPrefix("\"") else { return found }
            return maskedURL(String(found.dropFirst().dropLast())).map { "\"\($0)\"" }
                ?? "a value that is not shown"
        }
    }

    /// Whether both configurations say the same here.
    package func isEqual(_ left: Configuration, _ right: Configuration) -> Bool { equal(left, right) }
}
