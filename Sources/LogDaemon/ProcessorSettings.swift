import Glibc
import LogConfiguration
import LogModel
import LogPipeline
import LogSinks
import LogStore

/// What the configuration means for the record's way.
enum ProcessorSettings {
    /// `hasSpool`: whether the daemon was started with something that reads from the spool.
    static func make(
        _ configuration: Configuration, zone: ZoneRules, hasSpool: Bool
    ) -> RecordProcessor.Settings {
        var settings = RecordProcessor.Settings()
        settings.zone = zone
        settings.host = hostName()
        settings.marks = configuration.files.emoji
        settings.days = configuration.files.retention.days
        settings.policy.text = configuration.files.minimumLevel
        settings.policy.errors = configuration.files.errorsMinimumLevel
        settings.policy.store = configuration.store.enabled ? configuration.store.minimumLevel : nil
        settings.policy.alerts =
            hasSpool && configuration.alerts.isConfigured ? configuration.alerts.minimumLevel : nil
        settings.policy.journal =
            configuration.journal.enabled == .off ? nil : configuration.journal.minimumLevel
        return settings
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
