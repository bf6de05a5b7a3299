package import LogModel

/// A record as it lies in the spool.
package struct SpooledRecord: Sendable, Equatable {
    /// Its number: rises from one record to the next, and is never given twice.
    package var sequence: Int64
    package var severity: Severity
    /// One JSON object without a newline (`LogRecord.init(wire:)`).
    package var payload: [UInt8]
}

/// A record to be parked, with what the output said about it.
package struct Parking: Sendable, Equatable {
    package var sequence: Int64
    package var reason: String
    /// How often delivery was tried.
    package var attempts: Int

    package init(sequence: Int64, reason: String, attempts: Int = 1) {
        self.sequence = sequence
        self.reason = reason
        self.attempts = attempts
    }
}

/// A record that its output refused and that waits for the operator (contract section 7).
package struct ParkedRecord: Sendable, Equatable {
    /// Its number among the parked ones, for paging.
    package var number: Int64
    package var output: OutputSet
    package var sequence: Int64
    package var severity: Severity
    package var reason: String
    package var attempts: Int
    package var parkedAt: Timestamp
    package var payload: [UInt8]
}
