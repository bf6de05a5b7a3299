internal import Glibc
internal import LogModel

/// Opening, and what happens to damage.
extension SpoolCore {
    /// Opens the database, or what was made anew; checks what can be checked without reading all of it.
    mutating func reopen() throws {
        let replacement = Replacement(path: path)
        if replacement.isReady {
            let name = try replacement.finish(at: clock.now())
            setAside.append(
                DamagedSpool(name: name, reason: "found at the start before", salvagedRecords: 0))
        }
        let opened = try SpoolDatabase(path: path)
        let found = try opened.read { rows in
            let ledger = try rows.ledger()
            // Both ends of the tree: a file that was cut off shows it here.
            for backwards in [false, true] {
                do {
                    let edge: Int64 = backwards ? .max : 0
                    let end = try rows.segment(behind: edge, backwards: backwards) { header, _ in header.end }
                    guard end ?? 0 <= ledger.sequence else {
                        throw SpoolFault.damaged("its ledger is older than its records")
                    }
                } catch SpoolFault.damagedSegment {
                    // Set aside when its turn comes.
                }
            }
            guard ledger.sequence >= mark.sequence else {
                throw SpoolFault.damaged("\(mark.sequence - ledger.sequence) committed records are not in it")
            }
            return ledger
        }
        opened.takeOver(found.files.keys)
        database = opened
        ledger = found
    }

    /// Moves one segment aside and counts anew; other segments that are met damaged go the same way.
    mutating func setAside(segment first: Int64) throws {
        guard let database else { return }
        var counted = ledger
        let now = milliseconds
        try database.write { rows in
            try rows.setAside(segment: first, at: now)
            counted = try SpoolCore.recount(ledger, rows, at: now)
            try rows.save(counted)
        }
        database.release(from: ledger, to: counted)
        ledger = counted
        forgetReads()
    }

    /// Builds a new database from what can be read, and puts it in the place of the damaged one.
    mutating func replaceDatabase(_ reason: String) throws {
        let known: Ledger? = database == nil ? nil : ledger
        try? database?.close()
        database = nil
        let report = try Salvage(path: path, known: known, reached: mark.sequence, at: milliseconds).run()
        faults.reach(.damagedSalvaged)
        let name = try Replacement(path: path).finish(at: clock.now())
        faults.reach(.damagedSetAside)
        setAside.append(
            DamagedSpool(
                name: name, reason: reason, salvagedRecords: report.salvaged, lostRecords: report.lost))
        forgetReads()
        try reopen()
    }

    /// Drops what was remembered about the segments.
    mutating func forgetReads() {
        for bit in readAhead.indices {
            readAhead[bit] = nil
            readFurther[bit] = nil
        }
        for level in thinnedTo.indices { thinnedTo[level] = 0 }
    }

    /// The ledger as the rows say; cursors stay. Segments that can't be read are set aside on the way.
    static func recount(_ old: Ledger, _ rows: SpoolRows, at now: Int64) throws -> Ledger {
        var ledger = old
        ledger.bytes = 0
        ledger.segments = Ledger().segments
        ledger.files = [:]
        for bit in ledger.outputs.indices {
            ledger.outputs[bit].waiting = 0
            ledger.outputs[bit].parked = 0
        }
        var position: Int64 = 0
        while true {
            do {
                let next = try rows.segment(behind: position) { header, frames in
                    ledger.count(header, frames)
                    return header.first
                }
                guard let next else { break }
                position = next
            } catch SpoolFault.damagedSegment(let first) {
                guard first > position else { throw SpoolFault.damaged("its segments are out of order") }
                try rows.setAside(segment: first, at: now)
                position = first
            }
        }
        try rows.countParked(into: &ledger)
        for bit in ledger.outputs.indices {
            ledger.outputs[bit].damaged += max(0, old.outputs[bit].waiting - ledger.outputs[bit].waiting)
        }
        return ledger
    }
}

extension Ledger {
    /// Counts a segment in, with the records in it that still wait.
    mutating func count(_ header: SegmentHeader, _ frames: UnsafeRawBufferPointer) {
        add(header)
        var sequence = header.first
        RecordFrame.forEach(in: frames) { _, outputs, _ in
            outputs.forEachBit { if sequence >= self.outputs[$0].next { self.outputs[$0].waiting += 1 } }
            sequence += 1
        }
    }
}
