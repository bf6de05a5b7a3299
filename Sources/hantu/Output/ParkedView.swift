import LogModel

/// A parked record for people: why it was refused, then the record.
enum ParkedView {
    static func append(_ parked: JSONValue, zone: ZoneRules, style: Style, to out: inout OutputBuffer) {
        let attempts = parked["attempts"]?.integer ?? 0
        out.append(text: "⭕ #\(parked["id"]?.integer ?? 0) ")
        style.paint(.bold, &out) { TerminalText.append(parked["output"]?.text ?? "?", to: &$0) }
        out.append(" ")
        if let moment = parked["time"]?.moment.map(Int64.init) {
            TimeText.append(localSeconds: moment + Int64(zone.offset(at: moment)), to: &out)
        } else {
            out.append("?")
        }
        TerminalText.append(" (\(attempts)번 시도): \(parked["reason"]?.text ?? "?")", to: &out)
        out.append("\n")
        guard let record = parked["record"]?.json else { return }
        if let record = LogRecord(wireBytes: record) {
            var block = OutputBuffer()
            RecordBlock.append(record, zone: zone, style: style, to: &block)
            for line in block.bytes.split(separator: 0x0A) {
                out.append("   ")
                out.append(UnsafeBufferPointer(rebasing: line))
                out.append("\n")
            }
        } else {
            out.append("   ")
            record.withUnsafeBufferPointer { TerminalText.append(json: $0, to: &out) }
            out.append("\n")
        }
    }
}
