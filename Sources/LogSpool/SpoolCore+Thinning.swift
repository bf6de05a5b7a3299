internal import LogModel

/// What goes when the spool is over `maximum_bytes`: the oldest of the lowest level, record by record, counted.
extension SpoolCore {
    /// Drops until the spool is a little below its limit, so that not every commit has to.
    mutating func thin(_ rows: SpoolRows) throws {
        guard ledger.bytes > configuration.maximumBytes else { return }
        let target = configuration.maximumBytes - configuration.maximumBytes / 64
        for level in Severity.allCases where ledger.bytes > target {
            try thinParked(level, to: target, rows)
            while ledger.bytes > target, ledger.segments[Int(level.rawValue)] > 0 {
                guard try thinOldestSegment(of: level, to: target, rows) else {
                    throw SpoolFault.damaged("its ledger counts segments that are not there")
                }
            }
        }
        for bit in ledger.outputs.indices where ledger.outputs[bit] != Ledger.Output() {
            readAhead[bit] = nil
            readFurther[bit] = nil
            try skipAhead(bit, to: ledger.sequence, rows)
        }
    }

    /// Drops records of `level` from the oldest segment that holds one; false when there is none.
    private mutating func thinOldestSegment(of level: Severity, to target: Int, _ rows: SpoolRows) throws
        -> Bool
    {
        var rest = SegmentDraft()
        var excess = ledger.bytes - target
        var outputs = ledger.outputs
        let found = try rows.nextSegment(
            from: thinnedTo[Int(level.rawValue)], .levels, mask: 1 << level.rawValue
        ) { header, frames in
            var sequence = header.first
            RecordFrame.forEach(in: frames) { severity, takers, payload in
                if severity == level, excess > 0, !takers.isEmpty {
                    takers.forEachBit {
                        guard sequence >= outputs[$0].next else { return }
                        outputs[$0].waiting -= 1
                        outputs[$0].overflowed += 1
                    }
                    excess -= payload.count
                    rest.append(severity, [], UnsafeBufferPointer(start: nil, count: 0))
                } else {
                    rest.append(severity, takers, payload)
                }
                sequence += 1
            }
            return header
        }
        guard let found else { return false }
        try rows.delete(segment: found.first)
        ledger.remove(found)
        ledger.outputs = outputs
        let header = rest.header(first: found.first, storedAt: found.storedAt)
        if !ledger.isDone(header) {
            ledger.add(try rows.insert(header, UnsafeRawBufferPointer(rest.frames.bytes)))
        }
        thinnedTo[Int(level.rawValue)] = header.first
        return true
    }

    private mutating func thinParked(_ level: Severity, to target: Int, _ rows: SpoolRows) throws {
        guard ledger.outputs.contains(where: { $0.parked > 0 }) else { return }
        var dropped: [Int64] = []
        try rows.forEachParked(level: level) { parked, record in
            guard ledger.bytes > target else { return false }
            let bit = OutputSet(rawValue: parked.output).bit
            ledger.outputs[bit].parked -= 1
            ledger.outputs[bit].overflowed += 1
            ledger.bytes -= record.count
            dropped.append(parked.number)
            return true
        }
        for number in dropped { try rows.delete(parked: number) }
    }
}
