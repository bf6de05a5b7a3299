import LogModel

extension RecordProcessor {
    /// Writes the record's line into the text buffer of its day (contract section 5).
    @inline(__always)
    mutating func writeText(
        _ line: UnsafeBufferPointer<UInt8>, _ time: RecordTime, _ reading: LevelReading,
        _ message: UnsafeBufferPointer<UInt8>, _ traceID: UnsafeBufferPointer<UInt8>?, day: Int,
        _ source: borrowing LineSource
    ) {
        let logger = loggerName(line, source)
        text.select(day)
        let out = text.current
        out.pointee.records += 1
        if time.textStart >= 0 {
            out.pointee.buffer.reserve(32)
            out.pointee.buffer.append(line.baseAddress! + time.textStart, 10)
            out.pointee.buffer.append(0x20)
            out.pointee.buffer.append(line.baseAddress! + time.textStart + 11, 8)
        } else {
            TimeText.append(localSeconds: time.localSeconds, to: &out.pointee.buffer)
        }
        out.pointee.buffer.append(
            TextLine.head(reading.severity, succeeded: reading.succeeded, marks: settings.marks))
        SafeText.append(logger, surrogates: true, to: &out.pointee.buffer)
        out.pointee.buffer.append(": ")
        SafeText.append(message, surrogates: true, to: &out.pointee.buffer)
        if let traceID {
            out.pointee.buffer.append(" (trace_id=")
            out.pointee.buffer.append(traceID)
            out.pointee.buffer.append(")\n")
        } else {
            out.pointee.buffer.append(UInt8(ascii: "\n"))
        }
    }
}

enum TextLine {
    /// What stands between the time and the logger: mark and level.
    @inline(__always)
    static func head(_ severity: Severity, succeeded: Bool, marks: Bool) -> StaticString {
        switch (severity, marks) {
        case (.debug, true): succeeded ? " ✅ [DEBUG] " : " [DEBUG] "
        case (.info, true): succeeded ? " ✅ [INFO] " : " [INFO] "
        case (.warning, true): " ⭕ [WARNING] "
        case (.error, true): " ❌ [ERROR] "
        case (.critical, true): " ❌ [CRITICAL] "
        case (.debug, false): " [DEBUG] "
        case (.info, false): " [INFO] "
        case (.warning, false): " [WARNING] "
        case (.error, false): " [ERROR] "
        case (.critical, false): " [CRITICAL] "
        }
    }
}
