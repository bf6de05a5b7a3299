package import LogModel

/// Writes the message of one record (contract section 5, Telegram).
package struct AlertFormat: Sendable {
    /// `files.time_zone`.
    package var zone: ZoneRules

    package init(zone: ZoneRules) { self.zone = zone }

    /// Units that the lines around message and stack trace may take each.
    private static let shortLimit = 256
    /// Lines of the stack trace, and units that one of them may take.
    private static let traceLines = 3
    private static let traceLineLimit = 1000

    /// The record's message in HTML, at most 4096 UTF-16 units: the stack trace loses its first lines (the last one
    /// stays), then the message its end.
    package func text(of record: LogRecord, as kind: AlertKind, isBack: Bool = false) -> String {
        func short(_ text: String) -> String {
            TelegramText.escaped(text, limit: AlertFormat.shortLimit)
        }
        var head = "\(kind.sign) [\(short(record.service))] \(kind.word)\n"
        head += "\(time(record.timestamp)) | \(short(record.place))\n"
        if let type = record.errorType, !type.isEmpty { head += "타입: \(short(type))\n" }
        if isBack { head += "다시 발생: 해결했던 에러입니다\n" }
        var trace = lastLines(of: record.stackTrace ?? "")
        let tail = record.traceID.map { "(trace_id: \(short($0)))" } ?? ""

        func size(_ message: Int) -> Int {
            let block = trace.isEmpty ? 1 : trace.reduce("\n<pre></pre>".count) { $0 + $1.units + 1 }
            return TelegramText.length(head) + 2 + message + block + TelegramText.length(tail)
        }
        let wanted = TelegramText.escaped(record.message, keepingLines: true, limit: TelegramText.limit)
        let length = TelegramText.length(wanted)
        while trace.count > 1, size(length) > TelegramText.limit { trace.removeFirst() }
        let message =
            size(length) <= TelegramText.limit
            ? wanted
            : TelegramText.escaped(record.message, keepingLines: true, limit: TelegramText.limit - size(0))

        var text = head
        if !message.isEmpty { text += "\n\(message)\n" }
        if !trace.isEmpty { text += "\n<pre>\(trace.map(\.text).joined(separator: "\n"))</pre>\n" }
        if !tail.isEmpty { text += (trace.isEmpty ? "\n" : "") + tail }
        return text.last == "\n" ? String(text.dropLast()) : text
    }

    /// `2026-02-01 12:34:58`, local.
    func time(_ time: Timestamp) -> String {
        var out = OutputBuffer(capacity: 64)
        TimeText.append(localSeconds: time.seconds + Int64(zone.offset(at: time.seconds)), to: &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    private func lastLines(of trace: String) -> [(text: String, units: Int)] {
        trace.split { $0.isNewline }
            .filter { !$0.allSatisfy(\.isWhitespace) }
            .suffix(AlertFormat.traceLines)
            .map { line in
                let text = TelegramText.escaped(
                    String(line), keepingLines: true, limit: AlertFormat.traceLineLimit)
                return (text, TelegramText.length(text))
            }
    }
}

extension LogRecord {
    /// Where it happened: `module.function`, or what there is of it.
    var place: String {
        guard let module, !module.isEmpty else { return logger }
        guard let function, !function.isEmpty else { return module }
        return "\(module).\(function)"
    }
}
