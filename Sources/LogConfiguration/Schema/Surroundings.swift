/// What the configuration asks of the machine; injected, so that tests need none of it.
package struct Surroundings: Sendable {
    /// The bytes of a file.
    package var read: @Sendable (String) throws(FileFault) -> [UInt8]
    /// Whether the zoneinfo directory has a zone of this name.
    package var timeZoneExists: @Sendable (String) -> Bool
    /// Why a regular expression can't be compiled, or nil.
    package var patternFault: @Sendable (String) -> String?

    package init(
        read: @escaping @Sendable (String) throws(FileFault) -> [UInt8],
        timeZoneExists: @escaping @Sendable (String) -> Bool,
        patternFault: @escaping @Sendable (String) -> String?
    ) {
        self.read = read
        self.timeZoneExists = timeZoneExists
        self.patternFault = patternFault
    }
}

/// Why a file can't be read.
package enum FileFault: Error, Equatable, Sendable {
    case missing
    /// The system's words, for example `Permission denied`.
    case unreadable(String)
}
