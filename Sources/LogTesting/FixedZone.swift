package import LogModel

extension ZoneRules {
    /// A zone that is this many seconds east of UTC for ever.
    package static func fixed(_ offset: Int32) throws -> ZoneRules {
        let header = Array("TZif".utf8) + Array(repeating: 0, count: 16)
        let counts: [UInt32] = [0, 0, 0, 0, 1, 4]
        let type = [UInt32(bitPattern: offset)]
        let numbers = (counts + type).flatMap { number in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        return try ZoneRules(name: "fixed", tzif: header + numbers + [0, 0] + Array("FIX\0".utf8))
    }
}
