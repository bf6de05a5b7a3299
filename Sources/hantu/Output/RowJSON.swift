import LogModel
import LogStore

/// A row of the error store as one JSON object on a line: the table's columns, null where they are, and
/// `"recurred":true` for an error that came back after it was resolved.
enum RowJSON {
    static func append(
        _ row: StoredRecord, isBack: Bool = false, zone: ZoneRules, to out: inout OutputBuffer
    ) {
        let record = row.record
        out.append(text: "{\"id\":\(row.row),\"event_id\":")
        append(record.id?.description, to: &out)
        out.append(",\"timestamp\":")
        append(record.timestamp, zone, to: &out)
        let texts: [(StaticString, String?)] = [
            ("trace_id", record.traceID), ("level", record.level.description), ("service", record.service),
            ("module", record.module), ("function", record.function), ("message", record.message),
            ("error_type", record.errorType), ("stack_trace", record.stackTrace),
        ]
        for (name, text) in texts { append(name, text, to: &out) }
        out.append(",\"context\":")
        append(json: record.context, to: &out)
        append("logger", record.logger, to: &out)
        out.append(text: ",\"line\":\(record.line.map(String.init) ?? "null")")
        append("fingerprint", record.fingerprint, to: &out)
        append("host", record.host, to: &out)
        out.append(text: ",\"pid\":\(record.pid.map(String.init) ?? "null"),\"created_at\":")
        append(row.createdAt, zone, to: &out)
        out.append(",\"resolved\":")
        append(row.resolved, zone, to: &out)
        append("resolution_note", row.resolutionNote, to: &out)
        if isBack { out.append(",\"recurred\":true") }
        out.append("}\n")
    }

    private static func append(_ name: StaticString, _ text: String?, to out: inout OutputBuffer) {
        out.append(",\"")
        out.append(name)
        out.append("\":")
        append(text, to: &out)
    }

    private static func append(_ text: String?, to out: inout OutputBuffer) {
        if let text { JSONString.append(text, to: &out) } else { out.append("null") }
    }

    private static func append(_ time: Timestamp?, _ zone: ZoneRules, to out: inout OutputBuffer) {
        guard let time else { return out.append("null") }
        out.append("\"")
        TimeText.append(time, zone: zone, to: &out)
        out.append("\"")
    }

    /// A JSON text as it is; in tables that others made the column holds any text, which is then a string.
    private static func append(json text: String?, to out: inout OutputBuffer) {
        guard let text else { return out.append("null") }
        var padded = OutputBuffer()
        padded.append(text: text)
        var cursor = JSONCursor(padded.bytes)
        cursor.skipSpace()
        let isJSON = cursor.passValue() != nil
        cursor.skipSpace()
        if isJSON && cursor.atEnd {
            TerminalText.append(json: padded.bytes, to: &out)
        } else {
            JSONString.append(text, to: &out)
        }
    }
}
