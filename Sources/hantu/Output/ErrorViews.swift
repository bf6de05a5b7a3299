import LogModel

/// Lines of error files as blocks for people.
final class ErrorTextView: LineView {
    private var filter: ErrorLineFilter
    private let zone: ZoneRules
    private let style: Style

    init(query: RecordQuery, zone: ZoneRules, style: Style) {
        filter = ErrorLineFilter(query: query, zone: zone)
        self.zone = zone
        self.style = style
    }

    var needles: [[UInt8]]? { filter.needles }

    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict { filter.judge(line) }

    func append(_ line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        guard let record = filter.record(line) else { return }
        RecordBlock.append(record, zone: zone, style: style, to: &out)
    }
}

/// Lines of error files as they are, but for what could drive a terminal.
final class ErrorJSONView: LineView {
    private var filter: ErrorLineFilter

    init(query: RecordQuery, zone: ZoneRules) { filter = ErrorLineFilter(query: query, zone: zone) }

    var needles: [[UInt8]]? { filter.needles }

    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict { filter.judge(line) }

    func append(_ line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer) {
        TerminalText.append(json: line, to: &out)
        out.append("\n")
    }
}
