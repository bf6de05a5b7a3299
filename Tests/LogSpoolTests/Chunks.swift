import LogModel
import LogSpool
import LogTesting

/// A record as a test writes it.
struct TestRecord: Equatable {
    var severity: Severity = .error
    var outputs: OutputSet = [.store, .alerts]
    var text: String

    static func chunk(_ records: [TestRecord]) -> RecordChunk {
        var buffer = OutputBuffer()
        for record in records {
            let start = RecordFrame.open(in: &buffer)
            buffer.append(text: record.text)
            RecordFrame.close(at: start, in: &buffer, severity: record.severity, outputs: record.outputs)
        }
        return RecordChunk(buffer, count: records.count)
    }

    /// A chunk of records for all outputs, one for each text.
    static func chunk(
        _ texts: String..., severity: Severity = .error, outputs: OutputSet = [.store, .alerts]
    )
        -> RecordChunk
    {
        chunk(texts.map { TestRecord(severity: severity, outputs: outputs, text: $0) })
    }
}

extension SpooledRecord {
    var text: String { String(decoding: payload, as: UTF8.self) }
}

extension Spool {
    /// Everything that waits for an output, as text.
    func texts(for output: OutputSet) throws -> [String] {
        try read(for: output, limit: .max, maximumBytes: .max).map(\.text)
    }

    func statistics(of output: OutputSet) -> SpoolStatistics.Output? {
        statistics().outputs.first { $0.output == output }
    }
}

/// A spool in a directory of its own, that can be closed and opened again.
final class SpoolBench {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    var configuration = SpoolConfiguration()
    private(set) var spool: Spool
    private var faults = FaultPoints.none

    init(_ adjust: (inout SpoolConfiguration) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory()
        configuration.directory = directory.file("spool")
        configuration.reserveBytes = 65_536
        adjust(&configuration)
        spool = try Spool(configuration, outputs: [.store, .alerts], clock: clock)
    }

    /// Also keeps `faults` for every opening after this one.
    func reopen(faults: FaultPoints? = nil) throws {
        spool.close()
        if let faults { self.faults = faults }
        spool = try Spool(configuration, outputs: [.store, .alerts], clock: clock, faults: self.faults)
    }
}
