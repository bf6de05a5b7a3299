package import LogModel

/// An output that takes records in batches.
///
/// A sink is naive: it tries once and says how it went. Queueing, retrying, parking and time limits are the
/// business of what calls it. Every sink passes `SinkContract` of LogTesting.
package protocol Sink: Sendable {
    /// The output's name in status, metrics and the spool, for example `store`.
    var name: String { get }

    /// Tries once to deliver these records, in this order.
    func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome
}

/// How one attempt to deliver a batch went.
package enum DeliveryOutcome: Sendable, Equatable {
    /// Every record is where it belongs, durably.
    case delivered
    /// Nothing is known to be delivered; the same batch may go later, not before `after` where it is given.
    case retry(after: Duration?, reason: String)
    /// These records, by their index in the batch, can never be delivered: the same input gives the same error.
    /// All the others are delivered.
    case rejected([Int: String])
}
