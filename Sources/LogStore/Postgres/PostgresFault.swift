/// What a failure of Postgres means, by its SQLSTATE.
extension PostgresFailure {
    /// Reads what libpq says of a connection, `FATAL:  28P01: password authentication failed` among it.
    init(verbose text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
            .map { line in String(line.drop { $0.isWhitespace }) }
            .filter { !$0.isEmpty && !$0.hasPrefix("LOCATION:") }
        self.init(message: lines.isEmpty ? "the connection was lost" : lines.joined(separator: "; "))
        for line in lines {
            let parts = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            for part in parts where part.count == 7 && part.starts(with: "  ".utf8) {
                let code = part.dropFirst(2)
                if code.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }) { state = String(code) }
            }
        }
    }

    /// Whether it is the row's values that don't fit, so that the same row never will.
    var isTheRowsFault: Bool {
        guard let state, state != PostgresFailure.sequenceExhausted else { return false }
        switch state.prefix(2) {
        // Data, integrity, WITH CHECK OPTION, limits of a row or an index, and what a trigger raises.
        case "22", "23", "44", "54": return true
        default: return state == "P0001"
        }
    }

    /// Whether the value is of the right type but can't be held, such as a number in JSON beyond any numeric.
    var isTheValuesFault: Bool { state?.hasPrefix("22") == true || state?.hasPrefix("54") == true }

    /// Not everything that can be inserted into can be copied into: row-level security forbids it, for one.
    var isMisfitOfCopy: Bool { state == "0A000" || state == "42809" }

    /// No number is left for the next row: class 22, but no row's fault.
    private static let sequenceExhausted = "2200H"

    /// The server, the connection or its load: the same may succeed later without anybody's doing.
    private var isPassing: Bool {
        guard let state else { return true }
        switch state.prefix(2) {
        case "08", "25", "40", "53", "57", "58", "F0", "XX": return true
        // A lock that wasn't free in time.
        default: return state == "55P03"
        }
    }

    /// For the operator: the server's words and SQLSTATE, at most 500 characters of them.
    var reason: String {
        let words = message.count > 500 ? message.prefix(499) + "…" : message[...]
        return state.map { words.contains($0) ? "\(words)" : "\(words) (SQLSTATE \($0))" } ?? "\(words)"
    }

    /// As the store's callers know it; a row's fault must be dealt with before.
    var storeError: StoreError { isPassing ? .unreachable(reason) : .misconfigured(reason) }
}
