import LogModel
import LogSpool

/// What the spool must be, in memory.
struct ModelSpool {
    struct Entry: Equatable {
        var sequence: Int64
        var record: TestRecord
    }

    var entries: [OutputSet: [Entry]] = [.store: [], .alerts: []]
    var parked: [(output: OutputSet, text: String, reason: String)] = []

    /// Takes over records that the spool numbered itself.
    mutating func append(_ records: [TestRecord], sequences: [OutputSet: [Int64]]) {
        for (output, numbers) in sequences {
            let own = records.filter { $0.outputs.contains(output) }
            for (record, sequence) in zip(own, numbers) {
                entries[output, default: []].append(Entry(sequence: sequence, record: record))
            }
        }
    }

    mutating func advance(_ output: OutputSet, through sequence: Int64, parking: [Parking]) {
        for entry in entries[output, default: []] where entry.sequence <= sequence {
            guard let parking = parking.first(where: { $0.sequence == entry.sequence }) else { continue }
            parked.append((output, entry.record.text, parking.reason))
        }
        entries[output]?.removeAll { $0.sequence <= sequence }
    }

    func texts(_ output: OutputSet) -> [String] { entries[output, default: []].map(\.record.text) }
}
