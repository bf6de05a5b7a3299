package import LogModel

/// Records for tests, each with a message and an identity of its own.
package enum TestRecords {
    /// `count` errors, numbered from `first`; the same numbers give the same records.
    package static func make(_ count: Int, from first: Int = 0) -> [LogRecord] {
        (first..<first + count).map { number in
            LogRecord(
                timestamp: Timestamp(seconds: 1_770_000_000 + Int64(number), precision: 0), level: .error,
                service: "scheduler", logger: "core.trading", module: "engine", function: "run", line: 7,
                message: "record \(number)", traceID: "trace\(number)",
                id: EventID(milliseconds: 1_770_000_000_000, random: (0, UInt64(number) << 2)))
        }
    }

    /// Records in one chunk, as intake hands them to the spool.
    package static func chunk(_ records: [LogRecord], for outputs: OutputSet) -> RecordChunk {
        var buffer = OutputBuffer()
        for record in records {
            let start = RecordFrame.open(in: &buffer)
            record.appendWire(to: &buffer, zone: .utc)
            RecordFrame.close(at: start, in: &buffer, severity: record.level, outputs: outputs)
        }
        return RecordChunk(buffer, count: records.count)
    }
}
