import LogPipeline

extension ConfigurationSchema {
    static let maskingSection = Section(
        name: "masking", documentation: "What is masked besides the built-in names.",
        keys: [
            ConfigurationKey(
                "masking.fields", \.masking.fields, .list(of: .text("a field's name")),
                "Further field names whose values are secret.", change: .live),
            ConfigurationKey(
                "masking.patterns", \.masking.patterns, .list(of: .pattern),
                "Regular expressions; what they match is masked.", change: .live),
            ConfigurationKey(
                "masking.exempt", \.masking.exempt, .list(of: .text("a field's name")),
                "Exact names that are not masked after all.", change: .live),
        ])
}
