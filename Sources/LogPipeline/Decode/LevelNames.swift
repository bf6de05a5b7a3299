import LogModel

/// The names of levels (contract section 2), found without a branch a name: which level comes next can't be guessed.
struct LevelNames {
    private struct Entry {
        /// The name in capitals, zeros behind it; 0 in an empty slot.
        var code: UInt64 = 0
        var reading = LevelReading()
    }

    private static let bits: UInt64 = 6
    private static let longest = 8
    private let entries: UnsafeMutablePointer<Entry>
    private let multiplier: UInt64

    /// The table lives as long as the process.
    static nonisolated(unsafe) let shared = LevelNames()

    private init() {
        let names: [(StaticString, LevelReading)] = [
            ("DEBUG", LevelReading(severity: .debug)), ("TRACE", LevelReading(severity: .debug)),
            ("INFO", LevelReading(severity: .info)), ("NOTICE", LevelReading(severity: .info)),
            ("SUCCESS", LevelReading(severity: .info, succeeded: true)),
            ("WARNING", LevelReading(severity: .warning)), ("WARN", LevelReading(severity: .warning)),
            ("ERROR", LevelReading(severity: .error)), ("ERR", LevelReading(severity: .error)),
            ("CRITICAL", LevelReading(severity: .critical)), ("FATAL", LevelReading(severity: .critical)),
            ("CRIT", LevelReading(severity: .critical)), ("PANIC", LevelReading(severity: .critical)),
            ("DPANIC", LevelReading(severity: .critical)), ("ALERT", LevelReading(severity: .critical)),
            ("EMERG", LevelReading(severity: .critical)),
        ]
        entries = .allocate(capacity: 1 << Int(LevelNames.bits))
        // Any odd number without collisions will do.
        var candidate: UInt64 = 0x9E37_79B9_7F4A_7C15
        search: while true {
            entries.initialize(repeating: Entry(), count: 1 << Int(LevelNames.bits))
            for (name, reading) in names {
                var code: UInt64 = 0
                for index in 0..<name.utf8CodeUnitCount {
                    code |= UInt64(name.utf8Start[index]) << UInt64(index * 8)
                }
                let slot = LevelNames.slot(code, candidate)
                if entries[slot].code != 0 {
                    candidate = candidate &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 | 1
                    continue search
                }
                entries[slot] = Entry(code: code, reading: reading)
            }
            break
        }
        multiplier = candidate
    }

    @inline(__always)
    private static func slot(_ code: UInt64, _ multiplier: UInt64) -> Int {
        Int(truncatingIfNeeded: (code &* multiplier) >> (64 - bits))
    }

    /// What this name in any case means; nil where it is none. Eight bytes from its start on must be readable.
    @inline(__always)
    func find(_ name: UnsafeBufferPointer<UInt8>) -> LevelReading? {
        guard let start = name.baseAddress, name.count > 0, name.count <= LevelNames.longest else {
            return nil
        }
        let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        // A letter's case is its sixth bit.
        let code =
            word & 0xDFDF_DFDF_DFDF_DFDF & (~0 &>> UInt64(truncatingIfNeeded: 64 &- 8 &* name.count))
        let entry = entries[LevelNames.slot(code, multiplier)]
        return entry.code == code ? entry.reading : nil
    }
}
