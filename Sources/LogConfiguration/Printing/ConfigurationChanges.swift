/// What a reload changes, by the dotted names of the keys.
package struct ConfigurationChanges: Sendable, Equatable {
    /// Applied at once.
    package var live: [String] = []
    /// Counted only after a restart.
    package var needingRestart: [String] = []

    package init(from old: Configuration, to new: Configuration) {
        for key in ConfigurationSchema.keys where !key.isEqual(old, new) {
            switch key.change {
            case .live: live.append(key.name)
            case .restart: needingRestart.append(key.name)
            }
        }
    }

    package var isEmpty: Bool { live.isEmpty && needingRestart.isEmpty }
}
