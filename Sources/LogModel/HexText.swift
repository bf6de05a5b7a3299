import CVectorScan

extension OutputBuffer {
    /// Appends the lowest `digits` (1...16) hex digits of a number, in lower case.
    package mutating func append(hex value: UInt64, digits: Int) {
        // All sixteen, the highest first; those that aren't asked for are written over by what follows.
        reserve(16)
        cvs_hex(value << UInt64(64 - 4 * digits), tail)
        end += digits
    }

    /// Appends a UUID's 36 characters.
    package mutating func append(_ id: EventID) {
        reserve(36)
        cvs_uuid(id.high, id.low, tail)
        end += 36
    }
}
