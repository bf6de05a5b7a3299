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
        // Room for all of it: what is unsafe and grows makes more for itself and what follows.
        var rest = logger.count &+ message.count &+ (traceID?.count ?? 0) &+ TextLine.fixed
        out.pointee.buffer.reserve(rest)
        var text = TextLine(out.pointee.buffer.tail)
        @inline(__always) func append(_ part: UnsafeBufferPointer<UInt8>, isSafe: Bool) {
            if _fastPath(isSafe) { return text.append(safe: part) }
            out.pointee.buffer.end = text.count(from: out.pointee.buffer)
            SafeText.append(part, to: &out.pointee.buffer)
            rest &-= part.count
            out.pointee.buffer.reserve(rest)
            text = TextLine(out.pointee.buffer.tail)
        }

        if time.textStart >= 0 {
            text.append(localTime: line.baseAddress! + time.textStart)
        } else {
            out.pointee.buffer.end = text.count(from: out.pointee.buffer)
            TimeText.append(localSeconds: time.localSeconds, to: &out.pointee.buffer)
            text = TextLine(out.pointee.buffer.tail)
        }
        heads.append(reading, to: &text)
        append(logger, isSafe: isSafe(.logger))
        text.append(": ")
        // What masking puts in is safe as well.
        append(message, isSafe: isSafe(.message))
        if let traceID {
            text.append(" (trace_id=")
            text.append(safe: traceID)
            text.append(")\n")
        } else {
            text.append("\n")
        }
        out.pointee.buffer.end = text.count(from: out.pointee.buffer)
    }

    /// Whether the field's text has no unsafe characters, known without looking at it.
    @inline(__always)
    func isSafe(_ field: Field) -> Bool {
        fields.isSafe && fields.has(field) && fields[field].kind == .plainString
    }
}

/// Where a line is written, in memory that was made ready for all of it: sixteen bytes at a time, over the end of what
/// is copied; the buffer's slack takes that.
struct TextLine {
    /// Most bytes of a line besides logger, message and trace id.
    static let fixed = 64
    private var to: UnsafeMutablePointer<UInt8>

    @inline(__always)
    init(_ start: UnsafeMutablePointer<UInt8>) { to = start }

    /// Bytes of the buffer up to here.
    @inline(__always)
    func count(from buffer: borrowing OutputBuffer) -> Int { buffer.end &+ (to - buffer.tail) }

    /// Appends `2026-02-01T12:34:56` with a space in it; there are 32 readable bytes.
    @inline(__always)
    mutating func append(localTime text: UnsafePointer<UInt8>) {
        cvs_copy16(to, text)
        cvs_copy16(to + 16, text + 16)
        to[10] = 0x20
        to += 19
    }

    /// Appends text in which nothing is unsafe.
    @inline(__always)
    mutating func append(safe text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        var position = 0
        while position < text.count {
            cvs_copy16(to + position, start + position)
            cvs_copy16(to + position + 16, start + position + 16)
            position &+= 32
        }
        to += text.count
    }

    @inline(__always)
    mutating func append(_ literal: StaticString) {
        to.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
        to += literal.utf8CodeUnitCount
    }

    /// Appends up to sixteen bytes.
    @inline(__always)
    mutating func append(_ bytes: UnsafePointer<UInt8>, upTo16 count: Int) {
        cvs_copy16(to, bytes)
        to += count
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
    func append(_ reading: LevelReading, to text: inout TextLine) {
        let place = TextHeads.place(reading.severity, reading.succeeded)
        text.append(bytes + place &* 16, upTo16: lengths[place])
    }
}
