/// Why the spool could not do what it was asked to; nothing was changed, and the caller still has its records.
package enum SpoolError: Error, Equatable, Sendable {
    /// Another process, most likely another daemon, has the spool open.
    case locked(path: String)
    /// The disk is full, and the reserve is used up.
    case full
    /// The file system or SQLite failed; `code` is SQLite's extended result code or 0.
    case failed(code: Int, message: String)
}

extension SpoolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .locked(let path): "the spool \(path) is in use by another process"
        case .full: "the disk that holds the spool is full"
        case .failed(_, let message): "the spool failed: \(message)"
        }
    }
}
