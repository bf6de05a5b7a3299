internal import Glibc
internal import LogModel

/// Everything behind the spool's lock: the database, the ledger, and what keeps both alive.
///
/// Every operation runs through `perform`, which knows what to do about a full disk and about damage.
struct SpoolCore {
    let configuration: SpoolConfiguration
    let clock: any Clock
    let faults: FaultPoints
    var database: SpoolDatabase?
    var ledger = Ledger()
    var reserve: Reserve
    let mark: SequenceMark
    var setAside: [DamagedSpool] = []
    /// What each output read last, by bit.
    var readAhead = [ReadAhead?](repeating: nil, count: 8)
    /// What it read behind that, by bit.
    var readFurther = [ReadAhead?](repeating: nil, count: 8)
    /// By severity: no segment before this number holds one of it.
    var thinnedTo = [Int64](repeating: 0, count: Severity.allCases.count)
    /// Numbers of owed lines that this process has seen: none is given twice.
    var lastOwed: Int64 = 0
    var isClosed = false

    var path: String { configuration.directory + "/" + SpoolFormat.fileName }

    init(_ configuration: SpoolConfiguration, clock: any Clock, faults: FaultPoints) {
        self.configuration = configuration
        self.clock = clock
        self.faults = faults
        reserve = Reserve(directory: configuration.directory, bytes: configuration.reserveBytes)
        mark = SequenceMark(directory: configuration.directory)
    }

    /// Milliseconds since 1970, as rows store them.
    var milliseconds: Int64 {
        let now = clock.now()
        return now.seconds * 1000 + Int64(now.nanoseconds / 1_000_000)
    }

    /// Runs `body` on a copy of the ledger as one durable commit; both count, or neither.
    mutating func commit<Result>(
        before: FaultPoint? = nil, after: FaultPoint? = nil,
        _ body: (inout SpoolCore, SpoolRows) throws -> Result
    ) throws(SpoolError) -> Result {
        let result = try perform { (core, database) in
            let savedLedger = core.ledger
            let savedThinning = core.thinnedTo
            do {
                let result = try database.write { rows in
                    let result = try body(&core, rows)
                    try rows.save(core.ledger)
                    if let before { core.faults.reach(before) }
                    return result
                }
                database.release(from: savedLedger, to: core.ledger)
                return result
            } catch {
                core.ledger = savedLedger
                core.thinnedTo = savedThinning
                throw error
            }
        }
        if let after { faults.reach(after) }
        mark.note(ledger.sequence)
        reserve.restore(now: clock.monotonicNanoseconds())
        return result
    }

    /// Runs `body` without changing anything.
    mutating func look<Result>(
        _ body: (inout SpoolCore, SpoolRows) throws -> Result
    ) throws(SpoolError) -> Result {
        try perform { (core, database) in try database.read { rows in try body(&core, rows) } }
    }

    /// Runs an attempt until it works or there is nothing left to try: gives up the reserve when the disk is
    /// full, sets aside what is damaged.
    mutating func perform<Result>(
        _ attempt: (inout SpoolCore, SpoolDatabase) throws -> Result
    ) throws(SpoolError) -> Result {
        var replacements = 0
        while true {
            guard !isClosed else { throw .failed(code: 0, message: "it is closed") }
            do {
                guard let database else {
                    try reopen()
                    continue
                }
                return try attempt(&self, database)
            } catch {
                switch SpoolFault(error) {
                case .full: try makeRoom()
                case .failed(let code, let message):
                    guard reserve.diskIsFull() else { throw .failed(code: code, message: message) }
                    try makeRoom()
                case .locked: throw .locked(path: path)
                case .damagedSegment(let first):
                    do { try setAside(segment: first) } catch {
                        guard case .damaged(let reason) = SpoolFault(error) else {
                            throw .failed(code: 0, message: "segment \(first) is damaged: \(error)")
                        }
                        try replace(reason, &replacements)
                    }
                case .damaged(let reason): try replace(reason, &replacements)
                }
            }
        }
    }

    private mutating func makeRoom() throws(SpoolError) {
        guard reserve.giveUp() else { throw .full }
        faults.reach(.reserveGivenUp)
    }

    private mutating func replace(_ reason: String, _ replacements: inout Int) throws(SpoolError) {
        guard replacements < 2 else { throw .failed(code: 0, message: "damaged again and again: \(reason)") }
        replacements += 1
        do { try replaceDatabase(reason) } catch {
            database = nil
            switch SpoolFault(error) {
            case .full: throw .full
            case .locked: throw .locked(path: path)
            case .failed(let code, let message): throw .failed(code: code, message: message)
            case .damaged(let reason): throw .failed(code: 0, message: reason)
            case .damagedSegment(let first): throw .failed(code: 0, message: "segment \(first) is damaged")
            }
        }
    }
}
