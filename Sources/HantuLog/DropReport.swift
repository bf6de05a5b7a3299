internal import LogModel

/// The record that tells how many were dropped (contract section 12).
struct DropReport {
    private let counts: [(severity: Severity, number: Int)]

    init(_ counts: [(Severity, Int)]) { self.counts = counts }

    func line() -> [UInt8] {
        let total = counts.reduce(0) { $0 + $1.number }
        let levels = counts.map { "\"\($0.severity.name)\":\($0.number)" }.joined(separator: ",")
        let line =
            "{\"level\":\"WARNING\",\"logger\":\"hantu_log\","
            + "\"message\":\"\(total) log records were dropped: the buffer was full\","
            + "\"context\":{\"dropped\":\(total),\"dropped_by_level\":{\(levels)}}}\n"
        return Array(line.utf8)
    }
}
