/// What flags and environment variables say, which is mere text until its key is known.
extension SchemaWalk {
    /// Takes `--set NAME=VALUE`; the last of several for one key wins.
    mutating func take(flag assignment: String) {
        guard let equals = assignment.firstIndex(of: "=") else {
            faults.append(
                ConfigurationFault(origin: .flag(assignment), problem: "no value, allowed: --set KEY=VALUE"))
            return
        }
        let name = String(assignment[..<equals])
        guard let key = ConfigurationSchema.byName[name] else {
            faults.append(.unknownKey(name, at: .flag(name)))
            return
        }
        take(text: String(assignment[assignment.index(after: equals)...]), for: key, from: .flag(name))
    }

    /// Takes every `HANTU_LOGD_…` variable; returns a warning for each that names no key.
    mutating func take(environment: [String: String]) -> [ConfigurationNote] {
        for key in ConfigurationSchema.keys {
            guard let text = environment[key.variable] else { continue }
            // Compose files and units pass variables on that were never set, as empty text.
            if text.isEmpty && !key.acceptsEmptyText { continue }
            take(text: text, for: key, from: .variable(key.variable))
        }
        let known = ConfigurationSchema.keys.map(\.variable)
        // HANTU_LOGD_FAULT names the durable step at which a test makes the daemon fail.
        let unknown = environment.keys.filter {
            $0.hasPrefix("HANTU_LOGD_") && !known.contains($0) && $0 != "HANTU_LOGD_FAULT"
        }
        return unknown.sorted().map {
            let hint = nearest(to: $0, in: known).map { " (did you mean \($0)?)" } ?? ""
            return .warning("environment variable \($0) names no key and is ignored\(hint)")
        }
    }

    mutating func take(text: String, for key: ConfigurationKey, from origin: Origin) {
        let isYAML = key.isStructure || key.isList && text.drop(while: \.isWhitespace).hasPrefix("[")
        if isYAML {
            var reader = YAMLReader(path: "")
            let value = reader.read(text: text)
            if let problem = reader.faults.first?.problem {
                faults.append(ConfigurationFault(origin: origin, key: key.name, problem: problem))
            } else if let value {
                take(value.moved(to: origin), for: key, at: origin)
            }
        } else if key.isList {
            let items = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
            let content = items.map { WrittenValue(content: .scalar($0, quoted: false), origin: origin) }
            take(WrittenValue(content: .list(content), origin: origin), for: key, at: origin)
        } else {
            take(WrittenValue(content: .scalar(text, quoted: false), origin: origin), for: key, at: origin)
        }
    }
}

extension WrittenValue {
    /// The same value, all of it said to come from here.
    fileprivate func moved(to origin: Origin) -> WrittenValue {
        switch content {
        case .null, .scalar: WrittenValue(content: content, origin: origin)
        case .list(let items):
            WrittenValue(content: .list(items.map { $0.moved(to: origin) }), origin: origin)
        case .map(let entries):
            WrittenValue(
                content: .map(
                    entries.map {
                        WrittenEntry(name: $0.name, nameOrigin: origin, value: $0.value.moved(to: origin))
                    }), origin: origin)
        }
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
