/// How far the records that were sent to the error store again have come, as the daemon's status tells.
///
/// They came into the spool anew before the first look: none of them waits any more when the oldest that waits is
/// younger than that.
struct ReplayWatch {
    enum Step: Equatable {
        /// So many are through.
        case going(Int)
        /// None waits any more; so many records are parked, again or anew.
        case done(parked: Int)
        /// The store doesn't take them; they wait.
        case stuck(reason: String, waiting: Int)
    }

    /// The daemon's time at the first look, and how many waited then.
    private var beginning: (moment: Double, waiting: Int)?

    mutating func look(at status: JSONValue) -> Step {
        let spool = status["outputs"]?["spool"]
        let store = status["outputs"]?["store"]
        let waiting = spool?["records"]?["store"]?.integer ?? 0
        let now = (status["started"]?.moment ?? 0) + (status["uptime"]?.decimal ?? 0)
        let (moment, first) = beginning ?? (now, waiting)
        beginning = (moment, first)
        guard waiting > 0, let oldest = spool?["oldest"]?["store"]?.moment, oldest <= moment else {
            return .done(parked: spool?["parked"]?["store"]?.integer ?? 0)
        }
        if store?["failures"]?.integer ?? 0 > 0 {
            return .stuck(reason: store?["last_failure"]?.text ?? "?", waiting: waiting)
        }
        return .going(max(0, first - waiting))
    }
}
