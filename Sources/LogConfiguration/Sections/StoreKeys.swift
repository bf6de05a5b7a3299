import LogStore

extension ConfigurationSchema {
    static let storeSection = Section(
        name: "store", documentation: "The error store: Postgres, or the embedded database.",
        keys: [
            ConfigurationKey(
                "store.enabled", \.store.enabled, .boolean,
                "Whether errors are stored at all.", change: .restart),
            ConfigurationKey(
                "store.url", \.store.url, .databaseURL,
                "The Postgres database; empty: errors.db in spool.directory.", change: .restart,
                secrecy: .urlPassword),
            ConfigurationKey(
                "store.migrate", \.store.migrate, .boolean,
                "Whether a Postgres table may be made, and an existing one added to; else it is only checked.",
                change: .restart),
            ConfigurationKey(
                "store.batch.records", \.store.batchRecords, .integer(1...10000),
                "Records that make a batch, whichever is first ...", change: .live),
            ConfigurationKey(
                "store.batch.interval", \.store.batchInterval, .duration(.zero ... .seconds(3600)),
                "... or how long the first of them waits.", change: .live),
            ConfigurationKey(
                "store.batch.maximum_records", \.store.batchMaximumRecords, .integer(1...100_000),
                "How large a batch grows under backlog.", change: .live),
            ConfigurationKey(
                "store.retry.delay", \.store.retryDelay, .duration(.milliseconds(10) ... .seconds(86400)),
                "How long after a failure the next attempt is made.", change: .live),
            ConfigurationKey(
                "store.retry.attempts", \.store.retryAttempts, .integer(1...1000),
                "Failures in a row after which what waits is parked and one alert is sent.", change: .live),
            ConfigurationKey(
                "store.retention", \.store.retention,
                .optional(
                    .duration(.seconds(1) ... .seconds(86400 * 36500)), none: "unlimited", ", or unlimited"),
                "Age at which rows are deleted.", change: .live),
            ConfigurationKey(
                "store.minimum_level", \.store.minimumLevel, .severity,
                "Least level that is stored.", change: .live),
        ])
}
