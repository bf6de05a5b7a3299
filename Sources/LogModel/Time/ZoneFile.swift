/// Why a time-zone file can't be used.
package enum ZoneFileError: Error, Equatable, Sendable {
    /// It isn't in the TZif format.
    case notTZif
    /// It ends before what its header announces, or contradicts itself.
    case damaged
}

extension ZoneRules {
    /// Reads a compiled time-zone file (TZif, RFC 9636), as `/usr/share/zoneinfo` holds them.
    package init(name: String, tzif bytes: [UInt8]) throws(ZoneFileError) {
        var reader = ZoneFileReader(bytes: bytes)
        var header = try reader.header()
        var wide = false
        if header.version >= 2 {
            // The first block is for readers of 32-bit times only.
            try reader.skip(header.bodySize(timeSize: 4))
            header = try reader.header()
            wide = true
        }
        let transitions = try (0..<header.transitions).map { _ throws(ZoneFileError) in
            try wide ? reader.integer(8) : reader.integer(4)
        }
        let types = try (0..<header.transitions).map { _ throws(ZoneFileError) in Int(try reader.byte()) }
        let typeOffsets = try (0..<header.types).map { _ throws(ZoneFileError) in
            let offset = Int32(truncatingIfNeeded: try reader.integer(4))
            try reader.skip(2)
            return offset
        }
        guard let initial = typeOffsets.first, types.allSatisfy({ $0 < typeOffsets.count }),
            zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .damaged }
        try reader.skip(
            header.characters + header.leaps * (wide ? 12 : 8) + header.standards + header.universals)
        var rule: RecurringZoneRule?
        if wide {
            let footer = reader.rest.dropFirst().prefix { $0 != UInt8(ascii: "\n") }
            if !footer.isEmpty {
                guard let given = RecurringZoneRule(footer) else { throw .damaged }
                rule = given
            }
        }
        self.init(
            name: name, transitions: transitions, offsets: types.map { typeOffsets[$0] },
            initialOffset: initial, rule: rule)
    }
}

/// Big-endian numbers from a TZif file, never beyond its end.
private struct ZoneFileReader {
    struct Header {
        var version: Int
        var universals, standards, leaps, transitions, types, characters: Int

        func bodySize(timeSize: Int) -> Int {
            transitions * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standards
                + universals
        }
    }

    let bytes: [UInt8]
    var position = 0

    var rest: ArraySlice<UInt8> { bytes[position...] }

    mutating func byte() throws(ZoneFileError) -> UInt8 {
        guard position < bytes.count else { throw .damaged }
        position += 1
        return bytes[position - 1]
    }

    mutating func integer(_ size: Int) throws(ZoneFileError) -> Int64 {
        guard bytes.count - position >= size else { throw .damaged }
        var value: Int64 = bytes[position] >= 0x80 ? -1 : 0
        for byte in bytes[position..<position + size] { value = value << 8 | Int64(byte) }
        position += size
        return value
    }

    mutating func skip(_ count: Int) throws(ZoneFileError) {
        guard count >= 0, bytes.count - position >= count else { throw .damaged }
        position += count
    }

    mutating func header() throws(ZoneFileError) -> Header {
        guard rest.starts(with: Array("TZif".utf8)) else { throw .notTZif }
        try skip(4)
        let version = try byte()
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try integer(4))) }
        guard counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count }) else { throw .damaged }
        return Header(
            version: version >= 0x32 ? 2 : 1, universals: counts[0], standards: counts[1], leaps: counts[2],
            transitions: counts[3], types: counts[4], characters: counts[5])
    }
}
