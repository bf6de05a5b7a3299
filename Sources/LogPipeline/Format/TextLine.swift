internal import CVectorScan
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
        out.pointee.records &+= 1
        if time.textStart >= 0 {
            // Sixteen bytes, the separator, and the rest: the line has slack behind it.
            out.pointee.buffer.reserve(32)
            let tail = out.pointee.buffer.tail
            let start = line.baseAddress! + time.textStart
            cvs_copy16(tail, start)
            cvs_copy16(tail + 16, start + 16)
            tail[10] = 0x20
            out.pointee.buffer.end &+= 19
        } else {
            TimeText.append(localSeconds: time.localSeconds, to: &out.pointee.buffer)
        }
        heads.append(reading, to: &out.pointee.buffer)
        if _fastPath(isSafe(.logger)) {
            SafeText.append(safe: logger, to: &out.pointee.buffer)
        } else {
            SafeText.append(logger, to: &out.pointee.buffer)
        }
        out.pointee.buffer.append(": ")
        // What masking puts in is safe as well.
        if isSafe(.message) {
            SafeText.append(safe: message, to: &out.pointee.buffer)
        } else {
            SafeText.append(message, to: &out.pointee.buffer)
        }
        if let traceID {
            out.pointee.buffer.append(" (trace_id=")
            SafeText.append(safe: traceID, to: &out.pointee.buffer)
            out.pointee.buffer.append(")\n")
        } else {
            out.pointee.buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// Whether the field's text has no unsafe characters, known without looking at it.
    @inline(__always)
    private func isSafe(_ field: Field) -> Bool {
        fields.isSafe && fields.has(field) && fields[field].kind == .plainString
    }
}

/// What stands between the time and the logger: mark and level, sixteen bytes each at most.
struct TextHeads: ~Copyable {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let lengths: UnsafeMutablePointer<Int>

    init(marks: Bool) {
        bytes = .allocate(capacity: 2 * Severity.allCases.count * 16)
        lengths = .allocate(capacity: 2 * Severity.allCases.count)
        for severity in Severity.allCases {
            for succeeded in [false, true] {
                let mark = marks ? TextHeads.mark(severity, succeeded: succeeded) : ""
                let text = Array("\(mark) [\(severity)] ".utf8)
                let place = TextHeads.place(severity, succeeded)
                (bytes + place * 16).update(
                    from: text + Array(repeating: 0, count: 16 - text.count), count: 16)
                lengths[place] = text.count
            }
        }
    }

    deinit {
        bytes.deallocate()
        lengths.deallocate()
    }

    private static func mark(_ severity: Severity, succeeded: Bool) -> String {
        switch severity {
        case .debug, .info: succeeded ? " ✅" : ""
        case .warning: " ⭕"
        case .error, .critical: " ❌"
        }
    }

    @inline(__always)
    private static func place(_ severity: Severity, _ succeeded: Bool) -> Int {
        Int(severity.rawValue) &* 2 &+ (succeeded ? 1 : 0)
    }

    @inline(__always)
    func append(_ reading: LevelReading, to out: inout OutputBuffer) {
        let place = TextHeads.place(reading.severity, reading.succeeded)
        out.reserve(16)
        cvs_copy16(out.tail, bytes + place &* 16)
        out.end &+= lengths[place]
    }
}
