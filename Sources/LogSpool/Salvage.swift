internal import LogModel

/// Reads what can be read of a damaged database into a new one.
///
/// From the first segment on until one can't be read, then from the last one backwards until the same happens:
/// a page that is broken hides what hangs on it, but neither what stands before it nor what stands behind it.
struct Salvage {
    /// What came of it, in records.
    struct Report {
        var salvaged = 0
        /// Records that waited by the ledger, or came behind it by the mark, and are not in the new database; nil
        /// without a ledger.
        var lost: Int?
    }

    let path: String
    /// The ledger, where it is known from before.
    let known: Ledger?
    /// How far the numbers had come: none is given twice.
    let reached: Int64
    /// Now, in Unix milliseconds.
    let now: Int64

    init(path: String, known: Ledger?, reached: Int64, at now: Int64) {
        self.path = path
        self.known = known
        self.reached = reached
        self.now = now
    }

    /// Builds the new database and declares it ready (`Replacement`).
    func run() throws -> Report {
        let replacement = Replacement(path: path)
        replacement.clear()
        let new = try SpoolDatabase(path: replacement.building, for: .replacement)
        let old: SpoolDatabase?
        do { old = try SpoolDatabase(path: path, for: .salvage) } catch SpoolFault.damaged { old = nil }
        let found = known ?? (try? old?.read { try $0.ledger() })
        var report = Report()
        var ledger = found ?? Ledger()
        if let old {
            var last: Int64 = 0
            try copy(from: old, into: new, found, &ledger, &report, &last, backwards: false)
            try copy(from: old, into: new, found, &ledger, &report, &last, backwards: true)
            try new.write { rows in
                try? old.read { try $0.copyParked(into: rows) }
                try? old.read { try $0.copyAlerts(into: rows) }
                try? old.read { try $0.copyOwed(into: rows) }
                ledger = try SpoolCore.recount(ledger, rows, at: now)
                ledger.sequence = max(ledger.sequence, reached)
                try rows.save(ledger)
            }
            try? old.close()
        } else {
            ledger = Ledger()
            ledger.sequence = max(found?.sequence ?? 1, reached)
            try new.write { try $0.save(ledger) }
        }
        if let found {
            let waiting = found.outputs.indices.map {
                found.outputs[$0].waiting - ledger.outputs[$0].waiting
            }
            // What its own count doesn't know of may have been delivered; it is taken for lost.
            report.lost = (waiting.max() ?? 0) + Int(max(0, reached - found.sequence))
        }
        try new.settleAndClose()
        try replacement.declareReady()
        return report
    }

    /// Copies in one direction, a few MiB a commit; `last` is how far the way forward went.
    private func copy(
        from old: SpoolDatabase, into new: SpoolDatabase, _ found: Ledger?, _ ledger: inout Ledger,
        _ report: inout Report, _ last: inout Int64, backwards: Bool
    ) throws {
        var position: Int64 = backwards ? .max : 0
        var goesOn = true
        while goesOn {
            try new.write { rows in
                var bytes = 0
                while goesOn, bytes < 4_194_304 {
                    switch next(old, position, backwards: backwards, floor: last, into: rows, found) {
                    case .success(let header?):
                        position = header.first
                        if !backwards { last = header.first }
                        bytes += header.bytes
                        ledger.sequence = max(ledger.sequence, header.end)
                        if isNeeded(header, found) { report.salvaged += header.count }
                    case .success(nil): goesOn = false
                    case .failure(.damagedSegment(let first))
                    where backwards ? first < position && first > last : first > position:
                        position = first
                        if !backwards { last = first }
                    case .failure(.full): throw SpoolFault.full
                    case .failure: goesOn = false
                    }
                }
                try rows.save(ledger)
            }
        }
    }

    /// Without a ledger nothing is known to be done with: some goes out again, and nothing is lost.
    private func isNeeded(_ header: SegmentHeader, _ found: Ledger?) -> Bool {
        found.map { !$0.isDone(header) } ?? true
    }

    private func next(
        _ old: SpoolDatabase, _ position: Int64, backwards: Bool, floor: Int64, into rows: SpoolRows,
        _ found: Ledger?
    ) -> Result<SegmentHeader?, SpoolFault> {
        do {
            return .success(
                try old.read { source in
                    try source.segment(behind: position, backwards: backwards) { header, frames in
                        // Out of order: the tree is broken here.
                        guard backwards ? header.first < position : header.first > position else {
                            return nil
                        }
                        guard !backwards || header.first > floor else { return nil }
                        if isNeeded(header, found) { try rows.insert(header, frames) }
                        return header
                    }
                } ?? nil)
        } catch {
            return .failure(SpoolFault(error))
        }
    }
}
