/// Takes a whole document into a configuration, and collects everything that is wrong with it.
struct SchemaWalk {
    let surroundings: Surroundings
    var configuration: Configuration
    /// Where each key that was set was set.
    var origins: [String: Origin] = [:]
    var faults: [ConfigurationFault] = []

    /// Takes the document's top level.
    mutating func take(document: WrittenValue) {
        switch document.content {
        case .null: break
        case .map(let entries): take(entries, of: "")
        default:
            faults.append(
                ConfigurationFault(
                    origin: document.origin,
                    problem: "found \(document.found) at the top level, allowed: a map with the keys "
                        + ConfigurationSchema.children(of: "").joined(separator: ", ")))
        }
    }

    private mutating func take(_ entries: [WrittenEntry], of group: String) {
        for entry in entries {
            let name = group.isEmpty ? entry.name : "\(group).\(entry.name)"
            if let key = ConfigurationSchema.byName[name] {
                take(entry.value, for: key, at: entry.nameOrigin)
            } else if ConfigurationSchema.isGroup(name), !entry.name.contains(".") {
                switch entry.value.content {
                case .null: break
                case .map(let inner): take(inner, of: name)
                default:
                    let allowed = ConfigurationSchema.children(of: name).joined(separator: ", ")
                    faults.append(
                        ConfigurationFault(
                            origin: entry.value.origin, key: name,
                            problem: "found \(entry.value.found), allowed: a map with the keys \(allowed)"))
                }
            } else {
                faults.append(.unknownKey(name, at: entry.nameOrigin))
            }
        }
    }

    /// Takes the value of one key; nothing written is the default, as if the key weren't there.
    mutating func take(_ written: WrittenValue, for key: ConfigurationKey, at origin: Origin) {
        if case .null = written.content { return }
        let wrong = key.set(written, surroundings, &configuration)
        faults += wrong.map { ConfigurationFault(key, $0) }
        if wrong.isEmpty { origins[key.name] = origin }
    }
}
