import LogModel

/// A line of a text file taken apart (contract section 5):
/// `2026-02-01 12:34:58 ❌ [ERROR] logger: message (trace_id=…)`, the mark and the trace id optional.
struct TextLine {
    let line: UnsafeBufferPointer<UInt8>
    let time: Timestamp
    let level: Severity
    /// Whether it has the mark of success.
    let succeeded: Bool
    let logger: Range<Int>
    let message: Range<Int>
    let traceID: Range<Int>?

    /// nil where somebody else wrote the line.
    init?(_ line: UnsafeBufferPointer<UInt8>, zone: ZoneRules) {
        guard line.count > 22, line[10] == UInt8(ascii: " "), line[19] == UInt8(ascii: " ") else {
            return nil
        }
        let timeText = UnsafeBufferPointer(rebasing: line[..<19])
        guard let written = DateTimeText(timeText) else { return nil }
        time = written.timestamp(in: timeText, zone: zone)

        var position = 20
        var succeeded = false
        if line[position] != UInt8(ascii: "[") {
            guard let space = line[position...].prefix(8).firstIndex(of: UInt8(ascii: " ")) else {
                return nil
            }
            succeeded = line[position..<space].elementsEqual("✅".utf8)
            position = space + 1
        }
        guard position < line.count, line[position] == UInt8(ascii: "["),
            let bracket = line[position...].prefix(12).firstIndex(of: UInt8(ascii: "]")),
            let level = Severity(letters: UnsafeBufferPointer(rebasing: line[(position + 1)..<bracket])),
            bracket + 1 < line.count, line[bracket + 1] == UInt8(ascii: " ")
        else { return nil }
        let start = bracket + 2
        var colon = start
        while colon + 1 < line.count, line[colon] != UInt8(ascii: ":") || line[colon + 1] != UInt8(ascii: " ")
        {
            colon += 1
        }
        guard colon + 1 < line.count else { return nil }
        self.line = line
        self.level = level
        self.succeeded = succeeded
        logger = start..<colon
        let (end, trace) = TextLine.traceID(at: line, from: colon + 2)
        message = (colon + 2)..<end
        traceID = trace
    }

    /// Where the message ends, and the trace id behind it.
    private static func traceID(
        at line: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (end: Int, id: Range<Int>?) {
        let opening = Array(" (trace_id=".utf8)
        guard line.last == UInt8(ascii: ")") else { return (line.count, nil) }
        var first = line.count - 1
        while first > start, isNameByte(line[first - 1]) { first -= 1 }
        let id = first..<(line.count - 1)
        // The message may be empty, so that the blank before the bracket is the one behind the colon.
        let head = first - opening.count
        guard (1...64).contains(id.count), head >= start - 1, line[head..<first].elementsEqual(opening)
        else { return (line.count, nil) }
        return (max(head, start), id)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: line[range])
    }
}
