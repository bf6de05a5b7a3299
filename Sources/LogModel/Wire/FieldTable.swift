/// Finds a field by its name, in a few nanoseconds: a table without collisions over names of up to 16 bytes.
struct FieldTable {
    struct Entry {
        /// The name's bytes, zeros behind them.
        var low: UInt64 = 0
        var high: UInt64 = 0
        var length: UInt8 = 0
        var field: UInt8 = 0
        /// 0 for the contract's own name, then the aliases in order.
        var rank: UInt8 = 0
    }

    static let bits: UInt64 = 8
    private let entries: UnsafeMutablePointer<Entry>
    private let multiplier: UInt64

    init() {
        var all: [Entry] = []
        for field in Field.allCases {
            for (rank, name) in field.names.enumerated() {
                let (low, high) = FieldTable.words(name.utf8Start, name.utf8CodeUnitCount)
                all.append(
                    Entry(
                        low: low, high: high, length: UInt8(name.utf8CodeUnitCount), field: field.rawValue,
                        rank: UInt8(rank)))
            }
        }
        entries = .allocate(capacity: 1 << Int(FieldTable.bits))
        // Any odd number without collisions will do; the search ends within a few hundred tries.
        var candidate: UInt64 = 0x9E37_79B9_7F4A_7C15
        search: while true {
            entries.initialize(repeating: Entry(), count: 1 << Int(FieldTable.bits))
            for entry in all {
                let slot = FieldTable.slot(entry.low, entry.high, candidate)
                if entries[slot].length != 0 {
                    candidate = candidate &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 | 1
                    continue search
                }
                entries[slot] = entry
            }
            break
        }
        multiplier = candidate
    }

    /// The table lives as long as the process; scanners are made once a loop.
    static nonisolated(unsafe) let shared = FieldTable()

    @inline(__always)
    private static func slot(_ low: UInt64, _ high: UInt64, _ multiplier: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ high &* 31) &* multiplier) >> (64 - bits))
    }

    @inline(__always)
    private static func words(_ start: UnsafePointer<UInt8>, _ length: Int) -> (UInt64, UInt64) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<min(length, 8) { low |= UInt64(start[index]) << UInt64(index * 8) }
        for index in 8..<max(min(length, 16), 8) { high |= UInt64(start[index]) << UInt64((index - 8) * 8) }
        return (low, high)
    }

    /// The entry of this name; 16 bytes from `start` on must be readable.
    @inline(__always)
    func find(_ start: UnsafePointer<UInt8>, _ length: Int) -> UnsafePointer<Entry>? {
        guard length <= 16, length > 0 else { return nil }
        let raw = UnsafeRawPointer(start)
        var low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        var high: UInt64 = 0
        if length < 8 {
            low &= (1 << UInt64(length * 8)) &- 1
        } else if length > 8 {
            high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            if length < 16 { high &= (1 << UInt64((length - 8) * 8)) &- 1 }
        }
        let entry = UnsafePointer(entries + FieldTable.slot(low, high, multiplier))
        guard entry.pointee.low == low, entry.pointee.high == high, Int(entry.pointee.length) == length
        else { return nil }
        return entry
    }
}
