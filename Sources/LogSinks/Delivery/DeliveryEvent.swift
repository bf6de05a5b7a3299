package import LogModel

/// What happens on the way to an output, for status, metrics and alerts.
package enum DeliveryEvent: Sendable, Equatable {
    /// This many records are where they belong.
    case delivered(records: Int)
    /// An attempt failed, the `attempt`th in a row; the records wait in the spool.
    case failed(attempt: Int, reason: String)
    /// As many attempts in a row failed as are allowed: what waits counts as parked. Told once, until `recovered`.
    case unreachable(reason: String, waiting: Int)
    /// An attempt worked after failures; what waits follows by itself, in order.
    case recovered(wasUnreachable: Bool, waiting: Int)
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

    /// A condition in the sense of contract section 7.
    package enum Condition: Sendable, Equatable {
        /// PARTIAL: the output can't be reached.
        case partial(message: String)
        /// WARNING: records are parked, or more wait than one batch takes.
        case warning(message: String)
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
    /// Records that one batch takes at most.
    package var batchMaximumRecords: Int

    /// What the output contributes to the daemon's state.
    package var conditions: [Condition] {
        var conditions: [Condition] = []
        if let lastFailure, failures > 0 {
            let what = isUnreachable ? "parked until it is back" : "waiting"
            conditions.append(.partial(message: "\(lastFailure); \(waiting) records \(what)"))
        }
        if parked > 0 { conditions.append(.warning(message: "\(parked) records parked")) }
        if failures == 0, waiting > batchMaximumRecords {
            conditions.append(.warning(message: "\(waiting) records behind"))
        }
        return conditions
    }
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
