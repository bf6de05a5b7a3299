@testable import LogConfiguration

let configurationPath = "/etc/hantu-logd/hantu-logd.yaml"

/// A loader over files that are only in memory, in a world with three time zones.
func loader(
    _ files: [String: String] = [:], environment: [String: String] = [:], requiresSecrets: Bool = true
) -> ConfigurationLoader {
    ConfigurationLoader(
        environment: environment,
        surroundings: Surroundings(
            read: { path throws(FileFault) in
                if path.hasSuffix(".forbidden") { throw .unreadable("Permission denied") }
                guard let text = files[path] else { throw .missing }
                return Array(text.utf8)
            },
            timeZoneExists: { ["Asia/Seoul", "UTC", "America/New_York"].contains($0) },
            patternFault: { $0.hasPrefix("(") && !$0.hasSuffix(")") ? "missing closing parenthesis" : nil }),
        requiresSecrets: requiresSecrets)
}

/// What the configuration file with this text means.
func load(_ yaml: String, _ overrides: String..., environment: [String: String] = [:]) throws
    -> LoadedConfiguration
{
    try loader([configurationPath: yaml], environment: environment).load(overrides: overrides)
}

/// The faults of a configuration, each as its line; none where it can be used.
func faults(_ yaml: String, _ overrides: String..., environment: [String: String] = [:]) -> [String] {
    do throws(ConfigurationFaults) {
        _ = try loader([configurationPath: yaml], environment: environment).load(overrides: overrides)
        return []
    } catch {
        return error.faults.map(\.description)
    }
}
