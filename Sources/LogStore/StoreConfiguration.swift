package import LogModel

/// Where the error store is and how it is written to (contract section 9, `store`).
package struct StoreConfiguration: Sendable, Equatable {
    package var enabled = true
    /// A Postgres URL, or empty for the embedded store. Secret: it may hold a password.
    package var url = ""
    /// Whether the table may be made and an existing one be added to; else it is only checked.
    package var migrate = true
    /// A batch is written when it holds this many records ...
    package var batchRecords = 10
    /// ... or its first record has waited this long.
    package var batchInterval = Duration.seconds(5)
    /// How large a batch grows under backlog.
    package var batchMaximumRecords = 1000
    package var retryDelay = Duration.seconds(30)
    /// Failures in a row after which what waits is parked and one alert is sent.
    package var retryAttempts = 3
    /// Age at which rows are deleted; nil keeps everything.
    package var retention: Duration?
    package var minimumLevel = Severity.error

    package init() {}
}
