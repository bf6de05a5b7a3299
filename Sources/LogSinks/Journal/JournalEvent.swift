/// What the journal output tells the state and the counters.
package enum JournalEvent: Sendable, Equatable {
    /// So many records were dropped, `reason` as in the metrics.
    case dropped(Reason, records: Int)
    /// So many records went to stderr in journald's place.
    case toStandardError(records: Int)
    /// journald refuses entries, or is not there though the configuration demands it; they go to stderr.
    case failing(SystemCallError)
    /// journald takes entries again.
    case recovered
    /// What waited while records were dropped has gone to journald.
    case caughtUp
    /// A frame held no record; its bytes were sent as they are.
    case undecodable

    package enum Reason: String, Sendable {
        /// More came than journald takes.
        case queueFull = "journal_queue_full"
        /// The daemon ended before journald took them.
        case stopped = "journal_stopped"
    }
}
