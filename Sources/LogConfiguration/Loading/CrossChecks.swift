import LogSinks
import LogSpool
import LogStore

/// What is wrong or doubtful about values that are each allowed but don't go together.
struct CrossChecks {
    let origins: [String: Origin]
    private(set) var faults: [ConfigurationFault] = []
    private(set) var notes: [ConfigurationNote] = []

    init(_ configuration: Configuration, origins: [String: Origin]) {
        self.origins = origins
        checkAlerts(configuration)
        checkStore(configuration)
        checkAdmin(configuration)
        checkPaths(configuration)
        for (name, origin) in origins.sorted(by: { $0.key < $1.key }) {
            if case .flag = origin, ConfigurationSchema.byName[name]?.secrecy == .whole {
                notes.append(.warning("--set \(name) shows the secret to everybody who runs ps"))
            }
        }
    }

    private mutating func fault(_ key: String, _ problem: String) {
        faults.append(ConfigurationFault(origin: origins[key], key: key, problem: problem))
    }

    private mutating func checkAlerts(_ configuration: Configuration) {
        let alerts = configuration.alerts
        if !alerts.token.isEmpty && alerts.chatIDs.isEmpty {
            notes.append(.warning("a Telegram token without alerts.telegram.chat_ids: no alert can be sent"))
        }
        if alerts.token.isEmpty && alerts.tokenFile.isEmpty && !alerts.chatIDs.isEmpty {
            notes.append(.warning("alerts.telegram.chat_ids without a Telegram token: no alert can be sent"))
        }
    }

    private mutating func checkStore(_ configuration: Configuration) {
        let store = configuration.store
        if store.batchRecords > store.batchMaximumRecords {
            fault(
                "store.batch.records",
                "found \(store.batchRecords), allowed: at most store.batch.maximum_records, "
                    + "which is \(store.batchMaximumRecords)")
        }
        if !store.enabled && !store.url.isEmpty {
            notes.append(.warning("store.url is set but store.enabled is false: errors are not stored"))
        }
    }

    private mutating func checkAdmin(_ configuration: Configuration) {
        let admin = configuration.admin
        guard let address = ListenAddress(admin.http), !address.isLoopback else { return }
        if !admin.allowRemote {
            fault(
                "admin.http",
                "found \(quoted(admin.http)), allowed: a loopback address such as 127.0.0.1:9514, "
                    + "or any with admin.allow_remote: true and admin.token_file")
        } else if admin.tokenFile.isEmpty {
            fault(
                "admin.token_file",
                "found nothing, allowed: the path of a token's file, since admin.http is no loopback address")
        }
    }

    private mutating func checkPaths(_ configuration: Configuration) {
        if configuration.intake.socket == configuration.admin.socket {
            fault(
                "admin.socket",
                "found \(quoted(configuration.admin.socket)), allowed: another path than intake.socket")
        }
        if configuration.files.directory == configuration.spool.directory {
            fault(
                "spool.directory",
                "found \(quoted(configuration.spool.directory)), allowed: another path than files.directory")
        }
    }
}
