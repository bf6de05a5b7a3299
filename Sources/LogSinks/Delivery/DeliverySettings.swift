package import LogStore

/// How one output is served from the spool (contract section 5, "written in batches", and section 7).
package struct DeliverySettings: Sendable, Equatable {
    /// A batch goes when this many records wait ...
    package var batchRecords = 10
    /// ... or the first of them has waited this long.
    package var batchInterval = Duration.seconds(5)
    /// How many records a batch takes at most, when that many wait.
    package var batchMaximumRecords = 1000
    /// Bytes of records that a batch takes at most; one record goes whatever its size.
    package var batchMaximumBytes = 2_097_152
    /// Pause after a failure, unless the sink names one.
    package var retryDelay = Duration.seconds(30)
    /// Failures in a row after which the output counts as unreachable.
    package var retryAttempts = 3
    /// Time after which an attempt counts as failed, though its answer still counts when it comes.
    package var attemptDeadline = Duration.seconds(60)

    package init() {}

    /// As `store.batch` and `store.retry` say.
    package init(_ store: StoreConfiguration) {
        batchRecords = store.batchRecords
        batchInterval = store.batchInterval
        batchMaximumRecords = max(store.batchRecords, store.batchMaximumRecords)
        retryDelay = store.retryDelay
        retryAttempts = store.retryAttempts
        // A file on the same host gains nothing from large batches, and they cost memory; a server does.
        if store.url.isEmpty { batchMaximumBytes = 262_144 }
    }
}

extension Duration {
    /// Whole nanoseconds, none for a negative duration.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : min(.max / 2, product &+ UInt64(attoseconds / 1_000_000_000))
    }
}
