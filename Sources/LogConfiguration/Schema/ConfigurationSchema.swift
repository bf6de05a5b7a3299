/// Every key, in the order in which they are documented and printed.
package enum ConfigurationSchema {
    package struct Section: Sendable {
        package let name: String
        package let documentation: String
        package let keys: [ConfigurationKey]
    }

    package static let sections: [Section] = [
        intakeSection, filesSection, spoolSection, storeSection, alertsSection, journalSection,
        maskingSection,
        adminSection,
    ]

    package static let keys = sections.flatMap(\.keys)

    /// The configuration in force with what a reload applies taken over from the new one.
    package static func live(of new: Configuration, over current: Configuration) -> Configuration {
        var result = current
        for key in keys where key.change == .live { key.copy(new, &result) }
        return result
    }

    static let byName = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })

    /// The names that may stand in the map of this dotted prefix; "" is the top level.
    static func children(of prefix: String) -> [String] {
        var names: [String] = []
        let start = prefix.isEmpty ? "" : prefix + "."
        for key in keys where key.name.hasPrefix(start) {
            let child = String(key.name.dropFirst(start.count).prefix { $0 != "." })
            if names.last != child { names.append(child) }
        }
        return names
    }

    /// Whether the dotted name is a section or a map within one.
    static func isGroup(_ name: String) -> Bool { keys.contains { $0.name.hasPrefix(name + ".") } }
}

/// The candidate that is most like the name, if any is like it at all.
func nearest(to name: String, in candidates: [String]) -> String? {
    let limit = max(2, name.count / 3)
    let ranked = candidates.map { (name: $0, distance: editDistance(name, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit,
        best.distance < best.name.count
    else { return nil }
    return best.name
}

/// Insertions, deletions and replacements that make one text of the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8)
    let right = Array(right.lowercased().utf8)
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (column, other) in right.enumerated() {
            let replaced = diagonal + (byte == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
