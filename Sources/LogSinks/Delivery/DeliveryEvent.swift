package import LogModel

/// What happens on the way to an output, for status, metrics and alerts.
package enum DeliveryEvent: Sendable, Equatable {
    /// This many records are where they belong.
    case delivered(records: Int)
    /// An attempt failed, the `attempt`th in a row; the records wait in the spool.
    case failed(attempt: Int, reason: String)
    /// As many attempts in a row failed as are allowed: what waits counts as parked. Told once, until `recovered`.
    case unreachable(reason: String, waiting: Int)
    /// An attempt worked after failures, or for the first time since the start, since what failed may have been
    /// before it; what waits follows by itself, in order.
    case recovered(wasUnreachable: Bool, waiting: Int)
    /// What is to be known of it (WARNING of contract section 7) has changed.
    case warns(DeliveryWarnings)
    /// The output refused one record for good; it is parked alone.
    case parked(sequence: Int64, reason: String)
    /// The spool was over `spool.maximum_bytes`: this many of the output's records were dropped to make room.
    case dropped(records: Int)
    /// The spool itself could not be read or written; tried again.
    case spoolFailed(reason: String)
}

/// How an output stands.
package struct DeliveryStatus: Sendable, Equatable {
    package enum Phase: Sendable, Equatable {
        /// Nothing waits.
        case idle
        /// Records wait for a batch to be full, or old enough.
        case collecting
        /// An attempt is under way.
        case delivering
        /// The last attempt failed.
        case waitingToRetry
    }

    package var phase: Phase
    /// Records in the spool that this output has yet to take.
    package var waiting: Int
    /// When the first of them came into the spool.
    package var oldestWaiting: Timestamp?
    /// Records parked alone.
    package var parked: Int
    /// Failed attempts in a row.
    package var failures: Int
    package var lastFailure: String?
    /// When the first of these failures was.
    package var failingSince: Timestamp?
    /// Whether the failures are as many as are allowed: the records count as parked until it is back.
    package var isUnreachable: Bool
}

/// What is not as it should be with an output that works.
package struct DeliveryWarnings: OptionSet, Sendable, Hashable {
    /// Records are parked alone; until they are replayed.
    package static let parked = DeliveryWarnings(rawValue: 1)
    /// More records came to wait than the largest batch takes; until no more than a usual one wait.
    package static let behind = DeliveryWarnings(rawValue: 2)
    /// Records were dropped since the spool was full; until none wait.
    package static let dropped = DeliveryWarnings(rawValue: 4)

    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }
}

/// How a flush ended.
package enum FlushOutcome: Sendable, Equatable {
    /// Everything that waited when it was asked for has been taken.
    case drained
    /// An attempt failed; the records wait in the spool.
    case failed(String)
    /// Time ran out; the records wait in the spool.
    case expired
}
