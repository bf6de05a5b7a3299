internal import CVectorScan
internal import LogModel

/// The two commits that a record sees: it comes in, and an output is done with it.
extension SpoolCore {
    mutating func append(_ group: [RecordChunk]) throws(SpoolError) {
        try commit(before: .appendBeforeCommit, after: .appendAfterCommit) { (core, rows) in
            let now = core.milliseconds
            var draft = SegmentDraft()
            for chunk in group {
                let whole = try chunk.withBytes { bytes in
                    // The loop wrote them, mostly on another processor.
                    cvs_prefetch(bytes.baseAddress, bytes.count)
                    return try RecordFrame.forEach(in: bytes) { severity, outputs, payload in
                        guard !outputs.isEmpty else { return }
                        if !draft.hasRoom(for: payload.count) { try core.store(&draft, rows, at: now) }
                        draft.append(severity, outputs, payload)
                    }
                }
                assert(whole, "a chunk is a sequence of frames")
            }
            try core.store(&draft, rows, at: now)
            try core.thin(rows)
        }
    }

    /// Makes what was gathered the next segment.
    mutating func store(_ draft: inout SegmentDraft, _ rows: SpoolRows, at now: Int64) throws {
        guard !draft.isEmpty else { return }
        let header = draft.header(first: ledger.sequence, storedAt: now)
        ledger.add(try rows.insert(header, UnsafeRawBufferPointer(draft.frames.bytes)))
        ledger.sequence = header.end
        for bit in ledger.outputs.indices where draft.waiting[bit] > 0 {
            try skipAhead(bit, to: header.first, rows)
            ledger.outputs[bit].waiting += draft.waiting[bit]
        }
        draft.removeAll()
    }

    mutating func advance(
        _ output: OutputSet, through sequence: Int64, parking: [Parking], saving alerts: [AlertRow] = []
    ) throws(SpoolError) {
        let bit = output.bit
        guard sequence >= ledger.outputs[bit].next, ledger.outputs[bit].waiting > 0 else {
            return try save(alerts)
        }
        try commit(before: .advanceBeforeCommit, after: .advanceAfterCommit) { (core, rows) in
            let before = core.ledger.outputs[bit].next
            let (taken, next) = try core.passed(bit, through: sequence, rows)
            try core.park(parking, bit: bit, rows)
            for alert in alerts { try rows.save(alert) }
            core.ledger.outputs[bit].next = next
            core.ledger.outputs[bit].waiting -= taken
            try core.release(before..<next, rows)
        }
        let further = readFurther[bit]
        readAhead[bit] = further?.from == ledger.outputs[bit].next ? further : nil
        readFurther[bit] = nil
        // Not being able to shrink the file costs nothing but its free pages.
        if ledger.isEmpty { try? database?.shrink() }
    }

    /// How many records the output takes by going behind `sequence`, and where it stands then.
    private func passed(_ bit: Int, through sequence: Int64, _ rows: SpoolRows) throws -> (Int, Int64) {
        let from = ledger.outputs[bit].next
        if let read = readAhead[bit], read.from == from, let last = read.sequences.last, sequence <= last {
            let taken = read.sequences.prefix { $0 <= sequence }.count
            return (taken, taken < read.sequences.count ? read.sequences[taken] : read.after)
        }
        var taken = 0
        let next = try SpoolCore.walk(rows, bit: bit, from: from) { number, _, _ in
            guard number <= sequence else { return false }
            taken += 1
            return true
        }
        return (taken, next)
    }

    /// Moves an output that waits for nothing up to `position`, so that it holds nothing that others are done with.
    mutating func skipAhead(_ bit: Int, to position: Int64, _ rows: SpoolRows) throws {
        let next = ledger.outputs[bit].next
        guard ledger.outputs[bit].waiting == 0, next < position else { return }
        ledger.outputs[bit].next = position
        try release(next..<position, rows)
    }

    /// Deletes the segments in this range that no output needs any more.
    private mutating func release(_ range: Range<Int64>, _ rows: SpoolRows) throws {
        guard !range.isEmpty else { return }
        for header in try rows.headers(in: range) where ledger.isDone(header) {
            try rows.delete(segment: header.first)
            ledger.remove(header)
        }
    }

    private mutating func park(_ parking: [Parking], bit: Int, _ rows: SpoolRows) throws {
        guard let first = parking.map(\.sequence).min(), let last = parking.map(\.sequence).max() else {
            return
        }
        let wanted = Dictionary(parking.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
        let now = milliseconds
        try SpoolCore.walk(rows, bit: bit, from: max(first, ledger.outputs[bit].next)) {
            sequence, severity, payload in
            guard sequence <= last else { return false }
            guard let parking = wanted[sequence] else { return true }
            let row = SpoolRows.Parked(
                output: 1 << UInt8(bit), sequence: sequence, level: severity, attempts: parking.attempts,
                parkedAt: now, reason: parking.reason)
            try rows.insert(row, UnsafeRawBufferPointer(payload))
            ledger.outputs[bit].parked += 1
            ledger.bytes += payload.count
            return true
        }
    }

    /// Puts parked records of these outputs back, behind all others, in the order in which they came.
    mutating func replay(_ outputs: OutputSet) throws(SpoolError) -> Int {
        var replayed = 0
        while true {
            // A few at a time: each commit is whole, and memory stays small.
            let moved = try commit(before: .replayBeforeCommit, after: .replayAfterCommit) { (core, rows) in
                let now = core.milliseconds
                var draft = SegmentDraft()
                var moved: [Int64] = []
                var full = false
                let damaged = try rows.forEachParked(mask: outputs.rawValue) { parked, record in
                    guard draft.hasRoom(for: record.count) else {
                        full = true
                        return false
                    }
                    draft.append(
                        parked.level, OutputSet(rawValue: parked.output),
                        record.bindMemory(to: UInt8.self))
                    let bit = OutputSet(rawValue: parked.output).bit
                    core.ledger.outputs[bit].parked -= 1
                    core.ledger.bytes -= record.count
                    moved.append(parked.number)
                    return true
                }
                guard damaged.isEmpty else { throw SpoolFault.damaged("a parked record is damaged") }
                for number in moved { try rows.delete(parked: number) }
                try core.store(&draft, rows, at: now)
                return (count: moved.count, isLast: !full)
            }
            replayed += moved.count
            if moved.isLast { return replayed }
        }
    }
}
