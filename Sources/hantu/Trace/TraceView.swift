import LogModel

/// A trace as a timeline.
enum TraceView {
    /// For people: how long it took and who took part, then a line or a block for each record behind its offset.
    static func append(
        _ entries: [TraceEntry], traceID: String, zone: ZoneRules, style: Style, to out: inout OutputBuffer
    ) {
        let services = Set(entries.filter { $0.places != [.text] }.map(\.record.service)).sorted()
        let length = entries.map(\.offset).max() ?? 0
        out.append("ℹ️  ")
        style.paint(.bold, &out) { $0.append(text: traceID) }
        TerminalText.append(
            ([" · \(entries.count)건", "\(length) ms"] + services).joined(separator: " · "), to: &out)
        out.append("\n")
        let width = entries.map { "+\($0.offset)".count }.max() ?? 2
        for entry in entries {
            let offset = "+\(entry.offset)"
            style.paint(.dim, &out) {
                $0.append(text: String(repeating: " ", count: width - offset.count) + offset + " ms ")
            }
            append(entry, zone, style, to: &out)
        }
    }

    private static func append(
        _ entry: TraceEntry, _ zone: ZoneRules, _ style: Style, to out: inout OutputBuffer
    ) {
        guard entry.places == [.text] else {
            let state = entry.row.map { "#\($0) \(entry.resolved == nil ? "UNRESOLVED" : "RESOLVED") " } ?? ""
            return RecordBlock.append(entry.record, zone: zone, style: style, heading: state, to: &out)
        }
        let record = entry.record
        out.append(text: record.level.mark(succeeded: record.succeeded))
        TimeText.append(
            localSeconds: record.timestamp.seconds + Int64(zone.offset(at: record.timestamp.seconds)),
            to: &out)
        out.append(" ")
        let ink = Style.ink(of: record.level, succeeded: record.succeeded)
        style.paint(ink, &out) { $0.append(text: "[\(record.level)]") }
        out.append(" ")
        TerminalText.append("\(record.logger): \(record.message)", to: &out)
        out.append("\n")
    }

    /// As JSON, one object a line; what a text line doesn't say is null.
    static func appendJSON(_ entry: TraceEntry, zone: ZoneRules, to out: inout OutputBuffer) {
        let record = entry.record
        let isText = entry.places == [.text]
        out.append(text: "{\"offset_ms\":\(entry.offset),\"sources\":[")
        out.append(
            text: TraceEntry.Place.allCases.filter(entry.places.contains).map { "\"\($0.rawValue)\"" }
                .joined(separator: ","))
        out.append("],\"timestamp\":\"")
        TimeText.append(record.timestamp, zone: zone, to: &out)
        out.append("\",\"trace_id\":")
        append(record.traceID, to: &out)
        out.append(text: ",\"level\":\"\(record.level)\"")
        let texts: [(String, String?)] = [
            ("service", isText ? nil : record.service), ("module", record.module),
            ("function", record.function), ("message", record.message), ("error_type", record.errorType),
            ("stack_trace", record.stackTrace),
        ]
        for (name, text) in texts {
            out.append(text: ",\"\(name)\":")
            append(text, to: &out)
        }
        out.append(",\"context\":")
        if let context = record.context, JSONValue(Array(context.utf8)) != nil {
            var context = context
            context.withUTF8 { TerminalText.append(json: $0, to: &out) }
        } else {
            append(record.context, to: &out)
        }
        out.append(",\"logger\":")
        append(record.logger, to: &out)
        out.append(",\"id\":")
        append(record.id?.description, to: &out)
        out.append(text: ",\"row\":\(entry.row.map(String.init) ?? "null"),\"resolved\":")
        if let resolved = entry.resolved {
            out.append("\"")
            TimeText.append(resolved, zone: zone, to: &out)
            out.append("\"")
        } else {
            out.append("null")
        }
        out.append(record.succeeded ? ",\"outcome\":\"success\"}\n" : "}\n")
    }

    private static func append(_ text: String?, to out: inout OutputBuffer) {
        if let text { JSONString.append(text, to: &out) } else { out.append("null") }
    }
}
