import GRDB

extension StoreError {
    /// What a failure of SQLite means for the caller. Values of parameters never stand in the reason.
    init(_ error: any Error, path: String) {
        if let known = error as? StoreError {
            self = known
            return
        }
        guard let failure = error as? DatabaseError else {
            self = .unreachable("\(path): \(error)")
            return
        }
        let reason = "\(path): \(failure.reason)"
        switch failure.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(reason)
        // A table of another make: a column is missing, say.
        case .SQLITE_ERROR, .SQLITE_SCHEMA: self = .misconfigured(reason)
        default: self = .unreachable(reason)
        }
    }
}

extension DatabaseError {
    var reason: String { "\(message ?? "no message") (SQLite code \(extendedResultCode.rawValue))" }

    /// Whether it is the values that don't fit, so that the same row never will.
    var isTheRowsFault: Bool {
        switch resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: true
        default: false
        }
    }
}
