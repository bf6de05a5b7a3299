import LogModel
import LogStore

/// Everything about one row for people, a name and a value a line.
enum RecordDetails {
    static func append(
        _ row: StoredRecord, isBack: Bool = false, zone: ZoneRules, style: Style, to out: inout OutputBuffer
    ) {
        let record = row.record
        let ink = Style.ink(of: record.level, succeeded: record.succeeded)
        out.append(text: record.level.mark(succeeded: record.succeeded))
        style.paint(ink, &out) { $0.append(text: "[\(record.level)] #\(row.row)") }
        out.append(row.resolved == nil ? " UNRESOLVED" : " RESOLVED")
        out.append(text: isBack ? " \(Recurrence.mark)\n" : "\n")
        let names: [(String, String?)] = [
            ("시각", text(record.timestamp, zone)), ("서비스", record.service), ("로거", record.logger),
            ("모듈", record.module), ("함수", record.function), ("줄", record.line.map(String.init)),
            ("타입", record.errorType), ("메시지", record.message), ("trace_id", record.traceID),
            ("id", record.id?.description), ("fingerprint", record.fingerprint), ("호스트", record.host),
            ("pid", record.pid.map(String.init)), ("저장", row.createdAt.map { text($0, zone) }),
            ("해결", row.resolved.map { text($0, zone) }), ("해결 메모", row.resolutionNote),
            ("context", record.context),
        ]
        for (name, value) in names {
            guard let value, !value.isEmpty else { continue }
            append(name, value, style, to: &out)
        }
        if let trace = record.stackTrace, !trace.isEmpty {
            style.paint(.dim, &out) { TerminalText.append(lines: trace, margin: "     ", to: &$0) }
        }
    }

    /// Columns of the names; a Hangul syllable fills two.
    private static let nameColumns = 12

    private static func append(_ name: String, _ value: String, _ style: Style, to out: inout OutputBuffer) {
        let columns = name.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
        let start = out.count
        let margin = "   " + String(repeating: " ", count: nameColumns)
        TerminalText.append(lines: value, margin: margin, to: &out)
        // The first line's margin has the name in it.
        let text = String(decoding: out.bytes[start...].dropFirst(margin.utf8.count), as: UTF8.self)
        out.truncate(to: start)
        out.append("   ")
        style.paint(.dim, &out) { $0.append(text: name) }
        out.append(text: String(repeating: " ", count: max(1, nameColumns - columns)))
        out.append(text: text)
    }

    private static func text(_ time: Timestamp, _ zone: ZoneRules) -> String {
        var out = OutputBuffer()
        TimeText.append(time, zone: zone, to: &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }
}
