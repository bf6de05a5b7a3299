import LogModel
import LogStore

/// A record for people, one block:
///
///     ❌ 2026-02-01 12:34:58 [ERROR] scheduler | trading_engine.execute_order | InsufficientBalance
///        주문 실행 실패: 잔고 부족 (trace_id=abc12345)
///          Traceback (most recent call last):
enum RecordBlock {
    /// A row of the error store, with its number, whether it was resolved, and whether it is back after that.
    static func append(
        _ row: StoredRecord, isBack: Bool = false, zone: ZoneRules, style: Style, to out: inout OutputBuffer
    ) {
        let state = row.resolved != nil ? "RESOLVED" : isBack ? "UNRESOLVED \(Recurrence.mark)" : "UNRESOLVED"
        append(row.record, zone: zone, style: style, heading: "#\(row.row) \(state) ", to: &out)
    }

    /// `heading` stands in front of the service.
    static func append(
        _ record: LogRecord, zone: ZoneRules, style: Style, heading: String = "", to out: inout OutputBuffer
    ) {
        let ink = Style.ink(of: record.level, succeeded: record.succeeded)
        out.append(text: record.level.mark(succeeded: record.succeeded))
        TimeText.append(
            localSeconds: record.timestamp.seconds + Int64(zone.offset(at: record.timestamp.seconds)),
            to: &out)
        out.append(" ")
        style.paint(ink, &out) { $0.append(text: "[\(record.level)]") }
        out.append(" ")
        out.append(text: heading)
        style.paint(.bold, &out) { TerminalText.append(record.service, to: &$0) }
        for part in [place(of: record), record.errorType] {
            guard let part, !part.isEmpty else { continue }
            out.append(" | ")
            TerminalText.append(part, to: &out)
        }
        out.append("\n")
        appendMessage(of: record, to: &out)
        if let trace = record.stackTrace, !trace.isEmpty {
            style.paint(.dim, &out) { TerminalText.append(lines: trace, margin: "     ", to: &$0) }
        }
    }

    private static func appendMessage(of record: LogRecord, to out: inout OutputBuffer) {
        TerminalText.append(lines: record.message, margin: "   ", to: &out)
        guard let traceID = record.traceID else { return }
        // Behind the message's last line.
        out.truncate(to: out.count - 1)
        out.append(" (trace_id=")
        TerminalText.append(traceID, to: &out)
        out.append(")\n")
    }

    /// `module.function`, or what there is of it, else the logger.
    static func place(of record: LogRecord) -> String? {
        let parts = [record.module, record.function].compactMap { $0 }.filter { !$0.isEmpty }
        return parts.isEmpty ? record.logger : parts.joined(separator: ".")
    }
}
