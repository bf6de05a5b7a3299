internal import LogModel

/// What an output read last: lets `advance` know where the next record is without reading again.
struct ReadAhead: Sendable {
    /// The cursor at which the read began.
    var from: Int64
    var sequences: [Int64]
    /// Where the record behind the last one read may be: its number, or the end of the segment.
    var after: Int64
}

extension SpoolCore {
    mutating func read(
        for output: OutputSet, behind sequence: Int64, limit: Int, maximumBytes: Int
    ) throws(SpoolError) -> [SpooledRecord] {
        let bit = output.bit
        guard ledger.outputs[bit].waiting > 0, limit > 0 else { return [] }
        let (records, read) = try collect(
            bit, max(ledger.outputs[bit].next, sequence + 1), limit, maximumBytes)
        readAhead[bit] = read
        readFurther[bit] = nil
        return records
    }

    /// The records behind those that were read last, while these are still on their way.
    mutating func readFurther(for output: OutputSet, limit: Int, maximumBytes: Int) throws(SpoolError)
        -> [SpooledRecord]
    {
        let bit = output.bit
        let numbers = ledger.outputs[bit]
        guard limit > 0, let last = readAhead[bit], last.from == numbers.next,
            numbers.waiting > last.sequences.count
        else { return [] }
        let (records, read) = try collect(bit, last.after, limit, maximumBytes)
        readFurther[bit] = read
        return records
    }

    private mutating func collect(
        _ bit: Int, _ start: Int64, _ limit: Int, _ maximumBytes: Int
    ) throws(SpoolError) -> ([SpooledRecord], ReadAhead) {
        try look { (_, rows) in
            var records: [SpooledRecord] = []
            var bytes = 0
            let after = try SpoolCore.walk(rows, bit: bit, from: start) { sequence, severity, payload in
                let fits = bytes + payload.count <= maximumBytes || records.isEmpty
                guard records.count < limit, fits else { return false }
                bytes += payload.count
                records.append(
                    SpooledRecord(sequence: sequence, severity: severity, payload: Array(payload)))
                return true
            }
            return (records, ReadAhead(from: start, sequences: records.map(\.sequence), after: after))
        }
    }

    /// Calls `body` with every record of one output from `position` on until it returns false; returns the number
    /// of the record it refused, or the end of the last segment. Looks no further than the segment in which
    /// `body` had enough.
    @discardableResult
    static func walk(
        _ rows: SpoolRows, bit: Int, from position: Int64,
        _ body: (Int64, Severity, UnsafeBufferPointer<UInt8>) throws -> Bool
    ) throws -> Int64 {
        var position = position
        var goesOn = true
        while goesOn {
            let end = try rows.nextSegment(from: position, mask: 1 << UInt8(bit)) { header, frames in
                var sequence = header.first
                var stop: Int64?
                try RecordFrame.forEach(in: frames) { severity, outputs, payload in
                    defer { sequence += 1 }
                    guard stop == nil, sequence >= position, outputs.rawValue & (1 << UInt8(bit)) != 0
                    else { return }
                    if try !body(sequence, severity, payload) { stop = sequence }
                }
                if stop != nil { goesOn = false }
                return stop ?? header.end
            }
            guard let end else { break }
            position = end
        }
        return position
    }
}
