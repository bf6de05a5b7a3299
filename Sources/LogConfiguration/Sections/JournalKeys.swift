import LogSinks

extension ConfigurationSchema {
    static let journalSection = Section(
        name: "journal", documentation: "systemd's journal.",
        keys: [
            ConfigurationKey(
                "journal.enabled", \.journal.enabled, .choice,
                "Whether records go to journald; auto: where its socket exists, else to stderr.",
                change: .restart),
            ConfigurationKey(
                "journal.minimum_level", \.journal.minimumLevel, .severity,
                "Least level that goes there.", change: .live),
        ])
}
