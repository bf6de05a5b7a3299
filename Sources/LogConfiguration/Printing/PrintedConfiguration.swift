extension LoadedConfiguration {
    /// The effective configuration as YAML that can be read again, each key with where its value came from.
    ///
    /// Secrets are shown as `***`.
    package func printed() -> String {
        var lines: [String] = []
        var entered: [Substring] = []
        for key in ConfigurationSchema.keys {
            let parts = key.name.split(separator: ".")
            let groups = parts.dropLast()
            let common = zip(entered, groups).prefix { $0 == $1 }.count
            for depth in common..<groups.count {
                if depth == 0, !lines.isEmpty { lines.append("") }
                lines.append(String(repeating: "  ", count: depth) + groups[depth] + ":")
            }
            entered = Array(groups)
            let setting =
                String(repeating: "  ", count: groups.count)
                + "\(parts[parts.count - 1]): \(key.shown(in: configuration))"
            let padding = String(repeating: " ", count: max(2, 48 - setting.count))
            lines.append("\(setting)\(padding)# \(origins[key.name] ?? .standard)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
