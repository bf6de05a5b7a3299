import LogModel

/// Holds lines of a text file against a query; lines of others pass where nothing is asked that they don't say.
struct TextLineFilter {
    let query: RecordQuery
    let zone: ZoneRules

    var needles: [[UInt8]]? { query.pattern?.required }

    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict {
        if let pattern = query.pattern {
            if let texts = pattern.required, !texts.contains(where: line.has) { return .unwanted }
            if pattern.literal == nil, !pattern.occurs(in: line) { return .unwanted }
        }
        if query.minimumLevel == nil && query.loggerPrefix == nil && query.since == nil { return .wanted }
        guard let parts = TextLine(line, zone: zone) else { return .unwanted }
        if let least = query.minimumLevel, parts.level < least { return .unwanted }
        if let since = query.since, parts.time.seconds < since.seconds { return .unwanted }
        if let prefix = query.loggerPrefix, !parts.bytes(parts.logger).starts(with: prefix.utf8) {
            return .unwanted
        }
        return .wanted
    }
}

/// Lines of text files as they are, coloured by their level.
final class InfoTextView: LineView {
    private let filter: TextLineFilter
    private let style: Style

    init(query: RecordQuery, zone: ZoneRules, style: Style) {
        filter = TextLineFilter(query: query, zone: zone)
        self.style = style
    }

    var needles: [[UInt8]]? { filter.needles }

    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict { filter.judge(line) }

    func append(_ line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        let parts = style.isColoured ? TextLine(line, zone: filter.zone) : nil
        let ink = parts.flatMap { Style.ink(of: $0.level, succeeded: $0.succeeded) }
        style.paint(ink, &out) { TerminalText.append(line, to: &$0) }
        out.append("\n")
    }
}

/// Lines of text files as JSON objects; of a line that somebody else wrote only the message is known.
final class InfoJSONView: LineView {
    private let filter: TextLineFilter

    init(query: RecordQuery, zone: ZoneRules) { filter = TextLineFilter(query: query, zone: zone) }

    var needles: [[UInt8]]? { filter.needles }

    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict { filter.judge(line) }

    func append(_ line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        guard let parts = TextLine(line, zone: filter.zone) else {
            out.append("{\"timestamp\":null,\"level\":null,\"logger\":null,\"message\":")
            JSONString.append(line, to: &out)
            return out.append(",\"trace_id\":null}\n")
        }
        out.append("{\"timestamp\":\"")
        TimeText.append(parts.time, zone: filter.zone, to: &out)
        out.append(text: "\",\"level\":\"\(parts.level)\",\"logger\":")
        JSONString.append(parts.bytes(parts.logger), to: &out)
        out.append(",\"message\":")
        JSONString.append(parts.bytes(parts.message), to: &out)
        out.append(",\"trace_id\":")
        if let trace = parts.traceID {
            JSONString.append(parts.bytes(trace), to: &out)
        } else {
            out.append("null")
        }
        if parts.succeeded { out.append(",\"outcome\":\"success\"") }
        out.append("}\n")
    }
}
