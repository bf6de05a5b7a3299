internal import LogModel
internal import LogSpool

/// One batch on its way: the records as the sink takes them, and where they lie in the spool.
struct DeliveryBatch: Sendable {
    let records: [LogRecord]
    /// The last record that was read, a broken one too.
    let lastSequence: Int64
    /// How many were read, broken ones too.
    let count: Int
    private let sequences: [Int64]
    /// Records whose bytes are no record: no output can take them.
    private let broken: [Int64]

    init(_ spooled: [SpooledRecord]) {
        var records: [LogRecord] = []
        var sequences: [Int64] = []
        var broken: [Int64] = []
        records.reserveCapacity(spooled.count)
        var decoder = WireDecoder()
        for record in spooled {
            if decoder.read(record.payload), let decoded = decoder.record {
                records.append(decoded)
                sequences.append(record.sequence)
            } else {
                broken.append(record.sequence)
            }
        }
        self.records = records
        self.sequences = sequences
        self.broken = broken
        lastSequence = spooled.last?.sequence ?? 0
        count = spooled.count
    }

    /// What is to be parked, given what the sink refused by index.
    func parking(_ refused: [Int: String], attempts: Int) -> [Parking] {
        let parked =
            broken.map { Parking(sequence: $0, reason: "not a record", attempts: 0) }
            + refused.compactMap { index, reason in
                guard sequences.indices.contains(index) else { return nil }
                return Parking(sequence: sequences[index], reason: reason, attempts: attempts)
            }
        return parked.sorted { $0.sequence < $1.sequence }
    }
}
