package import LogModel
internal import Synchronization
internal import Glibc

/// The durable queue between intake and the outputs that may be away (contract sections 3, 5 and 7).
///
/// Records come in by `append`; each output reads at its own pace from its own cursor, and `advance`s when they are
/// where they belong. All calls may come from any thread, and all block while SQLite writes: never call them on
/// an event loop or on Swift's cooperative pool.
package final class Spool: Sendable {
    let core: Mutex<SpoolCore>
    private let outputs: OutputSet
    /// What opening found.
    package let recovery: SpoolRecovery

    /// Opens the spool in the configuration's directory, or makes both.
    ///
    /// A damaged spool is set aside, and what can be read of it is taken over: that is no error. Errors are
    /// another process that has it open, a full disk, and a directory that can't be written.
    package init(
        _ configuration: SpoolConfiguration, outputs: OutputSet, clock: any Clock,
        faults: FaultPoints = .none
    ) throws(SpoolError) {
        let directory = configuration.directory
        guard mkdir(directory, 0o750) == 0 || errno == EEXIST else {
            throw .failed(code: 0, message: "\(directory) can't be made: \(String(cString: strerror(errno)))")
        }
        var core = SpoolCore(configuration, clock: clock, faults: faults)
        let isNew = try core.perform { (_, database) in database.isNew }
        core.reserve.restore(now: clock.monotonicNanoseconds())
        recovery = core.setAside.first.map { .setAside($0) } ?? (isNew ? .created : .clean)
        self.outputs = outputs
        self.core = Mutex(core)
    }

    /// Adds these records in one commit: they are on the disk (fsync) when it returns.
    ///
    /// Records for no output are left out. When the spool is over `maximumBytes` afterwards, the oldest of the
    /// lowest level go, counted in `statistics`.
    package func append(_ group: [RecordChunk]) throws(SpoolError) {
        try core.withLock { (core) throws(SpoolError) in try core.append(group) }
    }

    /// The next records for one output, from its cursor on or behind `sequence`, in order: at most `limit` of them
    /// and `maximumBytes`, but always one where there is one. Reading again gives the same.
    package func read(
        for output: OutputSet, behind sequence: Int64 = 0, limit: Int, maximumBytes: Int
    ) throws(SpoolError) -> [SpooledRecord] {
        try core.withLock { (core) throws(SpoolError) in
            try core.read(for: output, behind: sequence, limit: limit, maximumBytes: maximumBytes)
        }
    }

    /// The records behind those that `read` gave last, so that they can be made ready meanwhile; none where that
    /// isn't known any more. The next `advance` goes no further than what `read` gave.
    package func readFurther(for output: OutputSet, limit: Int, maximumBytes: Int) throws(SpoolError)
        -> [SpooledRecord]
    {
        try core.withLock { (core) throws(SpoolError) in
            try core.readFurther(for: output, limit: limit, maximumBytes: maximumBytes)
        }
    }

    /// Declares an output done with everything up to and including `sequence`, durably; those in `parking` are
    /// parked, and `alerts` saved, in the same commit. Going back is nothing; `alerts` are saved all the same.
    package func advance(
        _ output: OutputSet, through sequence: Int64, parking: [Parking] = [], saving alerts: [AlertRow] = []
    ) throws(SpoolError) {
        try core.withLock { (core) throws(SpoolError) in
            try core.advance(output, through: sequence, parking: parking, saving: alerts)
        }
    }

    /// What was saved of the alerts' state, in order of chat and name, and how many rows could not be trusted.
    package func savedAlerts() throws(SpoolError) -> (rows: [AlertRow], damaged: Int) {
        try core.withLock { (core) throws(SpoolError) in try core.look { (_, rows) in try rows.alerts() } }
    }

    /// What is gone for good, so far.
    package var losses: SpoolLosses { core.withLock { $0.losses } }

    /// How many records wait for this output.
    package func waiting(for output: OutputSet) -> Int {
        core.withLock { $0.ledger.outputs[output.bit].waiting }
    }

    /// How many records this output refused for good.
    package func parkedCount(for output: OutputSet) -> Int {
        core.withLock { $0.ledger.outputs[output.bit].parked }
    }

    /// How many of this output's records were ever dropped because the spool was over `maximumBytes`.
    package func overflowed(for output: OutputSet) -> Int {
        core.withLock { $0.ledger.outputs[output.bit].overflowed }
    }

    /// Parked records of any output, in the order in which they were parked: at most `limit`, behind `number`.
    package func parked(after number: Int64 = 0, limit: Int) throws(SpoolError) -> [ParkedRecord] {
        try core.withLock { (core) throws(SpoolError) in try core.parked(after: number, limit: limit) }
    }

    /// Sends the parked records of these outputs on their way again, in the order in which they were parked;
    /// returns how many there were.
    package func replayParked(_ outputs: OutputSet) throws(SpoolError) -> Int {
        try core.withLock { (core) throws(SpoolError) in try core.replay(outputs) }
    }

    /// How much waits, and what was lost.
    package func statistics() -> SpoolStatistics {
        core.withLock { core in core.statistics(of: outputs) }
    }

    /// Closes the database; everything after that fails.
    package func close() {
        core.withLock { core in
            try? core.database?.close()
            core.database = nil
            core.isClosed = true
        }
    }
}
