internal import GRDB

/// What went wrong inside the spool, by what is to be done about it.
enum SpoolFault: Error {
    /// Give up the reserve, try again.
    case full
    case locked
    /// Set this segment aside, try again.
    case damagedSegment(first: Int64)
    /// Set the whole database aside, try again.
    case damaged(String)
    /// Tell the caller.
    case failed(code: Int, message: String)

    init(_ error: any Error) {
        switch error {
        case let fault as SpoolFault: self = fault
        case let error as DatabaseError: self = SpoolFault(error)
        default: self = .damaged("a value can't be read: \(error)")
        }
    }

    private init(_ error: DatabaseError) {
        let message = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        // A schema or a key that contradicts what the ledger says is damage as well.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG,
            .SQLITE_ERROR, .SQLITE_RANGE, .SQLITE_FORMAT, .SQLITE_SCHEMA:
            self = .damaged(message)
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHORT_READ:
            self = .damaged("the file is too short")
        default: self = .failed(code: Int(error.extendedResultCode.rawValue), message: message)
        }
    }
}
