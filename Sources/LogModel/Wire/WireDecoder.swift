/// Reads records in the daemon's own JSON form, one after the other, as much of each as is asked for.
package struct WireDecoder: ~Copyable {
    private var fields = LineFields()
    private var line = OutputBuffer()

    package init() {}

    /// What decides whether a record has to be read whole.
    package struct Summary: Sendable, Equatable {
        /// Unix time.
        package var seconds: Int64
        package var level: Severity
        package var succeeded: Bool
        package var notify: Notice?
        package var fingerprint: String
    }

    /// Takes a line from bytes that have no slack behind them; false where it is no JSON object.
    package mutating func read(_ bytes: some Collection<UInt8>) -> Bool {
        line.removeAll()
        // Byte by byte only what doesn't lie in one piece: generic code across modules costs 30 ns a byte.
        if bytes.withContiguousStorageIfAvailable({ line.append($0) }) == nil {
            for byte in bytes { line.append(byte) }
        }
        return scan(line.bytes)
    }

    /// The last line that was read, whole; nil where it is no record.
    package var record: LogRecord? { record(line.bytes) }

    /// Of the last line that was read; nil where it is no record, or one without a fingerprint.
    package var summary: Summary? {
        let reader = WireReader(line: line.bytes)
        guard let timestamp = timestamp(reader), let fingerprint = extra("fingerprint", reader) else {
            return nil
        }
        return Summary(
            seconds: timestamp.seconds, level: level(reader), succeeded: succeeded(reader),
            notify: notify(reader),
            fingerprint: fingerprint)
    }

    mutating func scan(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        LineScanner().scan(line, into: &fields) == nil
    }

    func record(_ line: UnsafeBufferPointer<UInt8>) -> LogRecord? {
        let reader = WireReader(line: line)
        guard let timestamp = timestamp(reader) else { return nil }
        var record = LogRecord(timestamp: timestamp)
        record.level = level(reader)
        record.service = text(.service, reader) ?? ""
        record.module = text(.module, reader)
        record.logger = text(.logger, reader) ?? record.module ?? record.service
        record.function = text(.function, reader)
        record.line = text(.line, reader).flatMap { Int($0) }
        record.message = text(.message, reader) ?? ""
        record.traceID = text(.traceID, reader)
        record.errorType = text(.errorType, reader)
        record.stackTrace = text(.stackTrace, reader)
        record.context = text(.context, reader)
        record.id = text(.id, reader).flatMap { EventID($0.utf8) }
        record.pid = text(.pid, reader).flatMap { Int32($0) }
        record.succeeded = succeeded(reader)
        record.notify = notify(reader)
        record.fingerprint = extra("fingerprint", reader)
        record.host = extra("host", reader)
        return record
    }

    private func text(_ field: Field, _ reader: WireReader) -> String? {
        fields.has(field) ? reader.text(fields[field]) : nil
    }

    private func timestamp(_ reader: WireReader) -> Timestamp? {
        guard fields.has(.timestamp), fields[.timestamp].kind == .plainString else { return nil }
        let time = reader.raw(fields[.timestamp])
        return DateTimeText(time)?.timestamp(in: time, zone: .utc)
    }

    private func level(_ reader: WireReader) -> Severity {
        text(.level, reader).flatMap { Severity(name: $0) } ?? .info
    }

    private func succeeded(_ reader: WireReader) -> Bool { text(.outcome, reader) == "success" }

    private func notify(_ reader: WireReader) -> Notice? {
        text(.notify, reader).flatMap { Notice(rawValue: $0) }
    }

    /// The last value under a name that only the daemon gives.
    private func extra(_ name: String, _ reader: WireReader) -> String? {
        fields.extras.last { $0.field == nil && reader.name($0) == name }.flatMap { reader.text($0.value) }
    }
}
