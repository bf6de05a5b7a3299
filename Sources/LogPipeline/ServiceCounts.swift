package import LogModel

/// Records by level and service, counted on the way of each record at the cost of one look into a small table.
///
/// Services are told apart by their bytes as they stand in the line. There are at most `limit` of them; what comes
/// beyond, and names longer than `longestName`, is counted together as `other`.
package struct ServiceCounts: Sendable, Equatable {
    package static var limit: Int { 256 }
    /// Bytes.
    static var longestName: Int { 128 }

    private struct Entry: Sendable, Equatable {
        /// The first and the last eight bytes of the name, or all of it and zeros.
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// 0 for a place that is free.
        var length: UInt32 = 0
        var service: UInt32 = 0
    }

    private static var slotBits: UInt64 { 10 }
    private static var slotMask: Int { 1023 }
    /// `Severity.allCases.count`, which would make an array each time.
    private static var levels: Int { 5 }
    private var entries = [Entry](repeating: Entry(), count: 1 << Int(ServiceCounts.slotBits))
    /// The names as they stand in lines; the first place is for all others.
    private var names: [[UInt8]] = [[]]
    private var isEscaped: [Bool] = [false]
    /// By service, then by level.
    private var counts = [UInt64](repeating: 0, count: ServiceCounts.levels)

    package init() {}

    /// Counts a record; 16 bytes from the name's start on must be readable.
    @inline(__always)
    mutating func count(_ name: UnsafeBufferPointer<UInt8>, isEscaped: Bool, _ severity: Severity) {
        let service = find(name, isEscaped: isEscaped)
        counts[service &* ServiceCounts.levels &+ Int(severity.rawValue)] &+= 1
    }

    @inline(__always)
    private mutating func find(_ name: UnsafeBufferPointer<UInt8>, isEscaped: Bool) -> Int {
        let length = name.count
        guard length > 0, length <= ServiceCounts.longestName, let start = name.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(start)
        var low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        var high: UInt64 = 0
        if length < 8 {
            low &= (1 << UInt64(length * 8)) &- 1
        } else {
            high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self))
        }
        let mixed = (low ^ high &* 31 ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: mixed >> (64 - ServiceCounts.slotBits))
        while true {
            let entry = entries[slot]
            if _slowPath(entry.length == 0) { return add(name, isEscaped, low, high, at: slot) }
            if entry.low == low, entry.high == high, Int(entry.length) == length,
                length <= 16 || names[Int(entry.service)].elementsEqual(name)
            {
                return Int(entry.service)
            }
            slot = (slot &+ 1) & ServiceCounts.slotMask
        }
    }

    @inline(never)
    private mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, _ isEscaped: Bool, _ low: UInt64, _ high: UInt64, at slot: Int
    ) -> Int {
        guard names.count <= ServiceCounts.limit else { return 0 }
        let service = names.count
        names.append(Array(name))
        self.isEscaped.append(isEscaped)
        counts += [UInt64](repeating: 0, count: ServiceCounts.levels)
        entries[slot] = Entry(low: low, high: high, length: UInt32(name.count), service: UInt32(service))
        return service
    }

    /// Records of this level.
    package func total(_ severity: Severity) -> UInt64 {
        stride(from: Int(severity.rawValue), to: counts.count, by: ServiceCounts.levels)
            .reduce(0) { $0 + counts[$1] }
    }

    /// The counts by service, its name decoded, in the order of names; `other` where there are others.
    package var byService: [(service: String, counts: [UInt64])] {
        var all: [String: [UInt64]] = [:]
        for (service, name) in names.enumerated() {
            let start = service * ServiceCounts.levels
            let mine = Array(counts[start..<(start + ServiceCounts.levels)])
            guard mine.contains(where: { $0 > 0 }) else { continue }
            let text = service == 0 ? "other" : decoded(name, isEscaped: isEscaped[service])
            if let known = all[text] {
                all[text] = zip(known, mine).map { $0 + $1 }
            } else {
                all[text] = mine
            }
        }
        return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func decoded(_ name: [UInt8], isEscaped: Bool) -> String {
        guard isEscaped else { return String(decoding: name, as: UTF8.self) }
        var text = OutputBuffer(capacity: name.count)
        name.withUnsafeBufferPointer { JSONText.decode($0, into: &text) }
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
