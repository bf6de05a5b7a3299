package import LogModel

/// What was found when the spool was opened.
package enum SpoolRecovery: Sendable, Equatable {
    /// There was none; an empty one was made.
    case created
    /// It was whole.
    case clean
    /// It was damaged and lies beside the new one now (contract section 7, "damaged spool").
    case setAside(DamagedSpool)
}

/// A damaged spool that was renamed, and what could be taken over from it.
package struct DamagedSpool: Sendable, Equatable {
    /// The file's new name, in the spool's directory.
    package var name: String
    /// What was wrong with it.
    package var reason: String
    /// Records that were read from it and are in the new spool.
    package var salvagedRecords: Int
    /// Records that were in it by its own count and could not be read; nil where that can't be known.
    package var lostRecords: Int? = nil
}

/// What the spool had to give up, counted over all outputs (contract section 7).
package struct SpoolLosses: Sendable, Equatable {
    /// Records that went because it was over `maximum_bytes`.
    package var overflowed = 0
    /// Records that lay in damaged rows.
    package var damaged = 0
    /// How often the whole spool was set aside since the start.
    package var setAside = 0

    package init() {}
}

/// How much waits in the spool, and what was lost on the way (contract section 11).
package struct SpoolStatistics: Sendable, Equatable {
    /// One output's share.
    package struct Output: Sendable, Equatable {
        package var output: OutputSet
        /// Records that it has not taken yet.
        package var waiting: Int
        /// When the oldest of them was committed; nil where none waits.
        package var oldest: Timestamp?
        /// Records that went because the spool was over `maximum_bytes` (reason `spool_overflow`).
        package var overflowed: Int
        /// Records that lay in damaged rows (reason `spool_damaged`).
        package var damaged: Int
        /// Records parked alone, with their reason.
        package var parked: Int
    }

    package var outputs: [Output]
    /// Bytes of records, parked ones included.
    package var bytes: Int
    /// Whether the reserve is there; false from when it was given up until there is room for it again.
    package var reserveHeld: Bool
    /// Spools set aside since the start, the one found at the start among them.
    package var setAside: [DamagedSpool]

    /// Parked records of all outputs.
    package var parked: Int { outputs.reduce(0) { $0 + $1.parked } }
}
