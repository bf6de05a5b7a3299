/// Packs bytes into one member of a compressed file, in bounded memory.
protocol StreamEncoder: AnyObject {
    /// Packs `input`, and ends the member where it is the last; calls `emit` with what comes out.
    func encode(
        _ input: UnsafeRawBufferPointer, last: Bool,
        emit: (UnsafeRawBufferPointer) throws(SystemCallError) -> Void
    ) throws(SystemCallError)
}

/// Unpacks a sequence of members.
protocol StreamDecoder: AnyObject {
    /// Takes a part of `input` and fills a part of `output`; `atEnd` says that all of a member was taken.
    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(LogFileError) -> (taken: Int, made: Int, atEnd: Bool)
}

/// Why a daily file can't be read.
package enum LogFileError: Error, Equatable, Sendable, CustomStringConvertible {
    case system(SystemCallError)
    /// The compressed bytes are none; what was read before is good.
    case damaged
    /// The compressed file ends too early; what was read before is good.
    case truncated

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .damaged: "the compressed data is damaged"
        case .truncated: "the compressed file ends too early"
        }
    }
}
