internal import LogModel

/// What status, metrics and the operator are told.
extension SpoolCore {
    /// The numbers of these outputs, and of any other that still has something to say.
    mutating func statistics(of outputs: OutputSet) -> SpoolStatistics {
        var rows: [SpoolStatistics.Output] = []
        for bit in ledger.outputs.indices {
            let output = OutputSet(rawValue: 1 << UInt8(bit))
            let numbers = ledger.outputs[bit]
            guard outputs.contains(output) || numbers.waiting + numbers.parked > 0 else { continue }
            rows.append(
                SpoolStatistics.Output(
                    output: output, waiting: numbers.waiting, oldest: oldest(for: bit),
                    overflowed: numbers.overflowed, damaged: numbers.damaged, parked: numbers.parked))
        }
        return SpoolStatistics(
            outputs: rows, bytes: ledger.bytes, reserveHeld: reserve.isHeld, setAside: setAside)
    }

    var losses: SpoolLosses {
        var losses = SpoolLosses()
        for output in ledger.outputs {
            losses.overflowed += output.overflowed
            losses.damaged += output.damaged
        }
        losses.setAside = setAside.count
        return losses
    }

    private mutating func oldest(for bit: Int) -> Timestamp? {
        let numbers = ledger.outputs[bit]
        guard numbers.waiting > 0, !isClosed else { return nil }
        let stored = try? look { (_, rows) in try rows.oldest(from: numbers.next, mask: 1 << UInt8(bit)) }
        return stored.flatMap { $0 }.map(Timestamp.init(milliseconds:))
    }

    mutating func parked(after number: Int64, limit: Int) throws(SpoolError) -> [ParkedRecord] {
        guard limit > 0 else { return [] }
        return try look { (_, rows) in
            var records: [ParkedRecord] = []
            try rows.forEachParked(after: number) { parked, record in
                records.append(
                    ParkedRecord(
                        number: parked.number, output: OutputSet(rawValue: parked.output),
                        sequence: parked.sequence, severity: parked.level, reason: parked.reason,
                        attempts: parked.attempts, parkedAt: Timestamp(milliseconds: parked.parkedAt),
                        payload: Array(record)))
                return records.count < limit
            }
            return records
        }
    }
}

extension Timestamp {
    init(milliseconds: Int64) {
        self.init(
            seconds: milliseconds / 1000, nanoseconds: UInt32(milliseconds % 1000) * 1_000_000, precision: 3)
    }
}
