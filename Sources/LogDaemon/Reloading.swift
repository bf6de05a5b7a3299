import LogConfiguration
import Logging

/// Applies the configuration anew, for SIGHUP and for `POST /v1/reload`, one after the other (contract section 9).
actor Reloading {
    /// What changed, by the dotted names of the keys.
    enum Outcome: Sendable, Equatable {
        case applied(ConfigurationChanges)
        /// Its faults; the configuration in force stays.
        case refused([String])
    }

    private let read: @Sendable () throws -> Configuration
    private let apply: @Sendable (Configuration) async throws -> Void
    private let log: Logger
    private var inForce: Configuration
    private var last: Task<Outcome, Never>?

    /// `apply` puts a configuration in force, and throws where it is found not to work.
    init(
        _ inForce: Configuration, log: Logger, read: @escaping @Sendable () throws -> Configuration,
        apply: @escaping @Sendable (Configuration) async throws -> Void
    ) {
        self.inForce = inForce
        self.log = log
        self.read = read
        self.apply = apply
    }

    func reload() async -> Outcome {
        let before = last
        let task = Task {
            _ = await before?.value
            return await self.perform()
        }
        last = task
        return await task.value
    }

    private func perform() async -> Outcome {
        let read = read
        let result = await Detached.run { Result { try read() } }
        do {
            let wanted = try result.get()
            let changes = ConfigurationChanges(from: inForce, to: wanted)
            // What needs a restart keeps its value until then.
            let new = ConfigurationSchema.live(of: wanted, over: inForce)
            try await apply(new)
            inForce = new
            let names = changes.live.isEmpty ? "nothing" : changes.live.joined(separator: ", ")
            log.notice("configuration read again; changed: \(names)")
            if !changes.needingRestart.isEmpty {
                log.warning("these need a restart: \(changes.needingRestart.joined(separator: ", "))")
            }
            return .applied(changes)
        } catch {
            log.error("the configuration has faults, so the one in force stays: \(error)")
            if let faults = error as? ConfigurationFaults {
                return .refused(faults.faults.map(\.description))
            }
            return .refused(["\(error)"])
        }
    }
}

extension ConfigurationChanges {
    /// The answer to a reload.
    var json: JSONNode {
        .object([
            ("changed", .list(live.map { .text($0) })),
            ("needs_restart", .list(needingRestart.map { .text($0) })),
        ])
    }
}
