import LogModel

/// What is seen of records without being one of their outputs: counts, and the live stream.
extension RecordProcessor {
    /// Counts the record under its own service, or its connection's.
    @inline(__always)
    mutating func countService(
        _ line: UnsafeBufferPointer<UInt8>, _ severity: Severity, _ source: borrowing LineSource
    ) {
        if fields.has(.service) {
            let slot = fields[.service]
            services.count(slice(slot, of: line), isEscaped: slot.kind == .escapedString, severity)
        } else {
            services.count(source.service.bytes, isEscaped: false, severity)
        }
    }

    /// The listeners to the live stream that this record is for.
    @inline(never)
    mutating func liveTakers(
        _ line: UnsafeBufferPointer<UInt8>, _ severity: Severity, _ source: borrowing LineSource
    ) -> UInt8 {
        live.takers(
            severity,
            service: fields.has(.service) ? decoded(fields[.service], in: line) : source.service.bytes)
    }
}
