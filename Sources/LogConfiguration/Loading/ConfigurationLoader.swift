/// Finds the effective configuration: flag over environment over file over default (contract section 9).
package struct ConfigurationLoader: Sendable {
    package static let defaultPath = "/etc/hantu-logd/hantu-logd.yaml"

    private let environment: [String: String]
    private let surroundings: Surroundings
    private let requiresSecrets: Bool

    /// `requiresSecrets`: a secret's file that can't be read is a fault; an operator's command takes a warning.
    package init(environment: [String: String], surroundings: Surroundings, requiresSecrets: Bool = true) {
        self.environment = environment
        self.surroundings = surroundings
        self.requiresSecrets = requiresSecrets
    }

    /// Reads the file at `path`, or at the default path, which may be missing; `overrides` are `KEY=VALUE`.
    ///
    /// Throws every fault of file, variables and flags at once.
    package func load(path: String? = nil, overrides: [String] = []) throws(ConfigurationFaults)
        -> LoadedConfiguration
    {
        var notes: [ConfigurationNote] = []
        var walk = SchemaWalk(surroundings: surroundings, configuration: Configuration())
        takeFile(path, into: &walk, &notes)
        notes += walk.take(environment: environment)
        for assignment in overrides { walk.take(flag: assignment) }

        var secrets = SecretResolution(
            environment: environment, policy: requiresSecrets ? .required : .optional, walk: walk)
        secrets.resolve()
        walk = secrets.walk
        notes += secrets.notes

        let checks = CrossChecks(walk.configuration, origins: walk.origins)
        // Where a key wasn't taken its default stands, and what that has to do with the others is no news.
        if walk.faults.isEmpty { walk.faults = checks.faults }
        guard walk.faults.isEmpty else { throw ConfigurationFaults(faults: walk.faults) }
        return LoadedConfiguration(
            configuration: walk.configuration, origins: walk.origins, notes: notes + checks.notes)
    }

    private func takeFile(_ path: String?, into walk: inout SchemaWalk, _ notes: inout [ConfigurationNote]) {
        let file = path ?? ConfigurationLoader.defaultPath
        let bytes: [UInt8]
        do throws(FileFault) {
            bytes = try surroundings.read(file)
        } catch {
            switch error {
            case .missing where path == nil:
                notes.append(.notice("no configuration file at \(file): the defaults are used"))
            case .missing: walk.faults.append(ConfigurationFault(problem: "\(file): no such file"))
            case .unreadable(let reason):
                walk.faults.append(ConfigurationFault(problem: "\(file): \(reason)"))
            }
            return
        }
        var reader = YAMLReader(path: file)
        let document = reader.read(bytes)
        walk.faults += reader.faults
        if let document { walk.take(document: document) }
    }
}

/// A configuration that can be used, and how it came about.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    /// Where each key that is not at its default was set.
    package var origins: [String: Origin]
    /// Warnings and notices, to be logged at start.
    package var notes: [ConfigurationNote]
}
