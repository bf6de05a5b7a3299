package import LogModel

/// Records by level and service, counted on the way of each record at the cost of one look into a small table.
///
/// Services are told apart by their bytes as they stand in the line. There are at most `limit` of them; what comes
/// beyond, and names longer than `longestName`, is counted together as `other`.
package struct ServiceCounts: ~Copyable {
    package static var limit: Int { 256 }
    /// Bytes.
    static var longestName: Int { 128 }

    private struct Entry {
        /// The first and the last eight bytes of the name; of a shorter one, all of it, shifted to the end, twice.
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// 0 for a place that is free.
        var length: UInt32 = 0
        var service: UInt32 = 0
    }

    private static var slotBits: UInt64 { 10 }
    private static var slots: Int { 1024 }
    /// `Severity.allCases.count`, which would make an array each time.
    private static var levels: Int { 5 }

    // Plain memory: an array would cost a reference count and more for each record.
    private let entries: UnsafeMutablePointer<Entry>
    /// By service, then by level; the first service stands for all others.
    private let counts: UnsafeMutablePointer<UInt64>
    /// The names as they stand in lines, and whether they have escapes.
    private var names: [(bytes: [UInt8], isEscaped: Bool)] = [([], false)]

    package init() {
        entries = .allocate(capacity: ServiceCounts.slots)
        entries.initialize(repeating: Entry(), count: ServiceCounts.slots)
        counts = .allocate(capacity: (ServiceCounts.limit + 1) * ServiceCounts.levels)
        counts.initialize(repeating: 0, count: (ServiceCounts.limit + 1) * ServiceCounts.levels)
    }

    deinit {
        entries.deallocate()
        counts.deallocate()
    }

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
        // Without a branch on the length, which nobody could predict.
        let beyond = UInt64(max(8 &- length, 0) &* 8)
        let low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) &<< beyond
        let high =
            UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: max(length &- 8, 0), as: UInt64.self))
            &<< beyond
        let mixed = (low ^ high &* 31 ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(truncatingIfNeeded: mixed &>> (64 &- ServiceCounts.slotBits))
        let entry = entries + slot
        if entry.pointee.low == low, entry.pointee.high == high, Int(entry.pointee.length) == length,
            length <= 16
        {
            return Int(entry.pointee.service)
        }
        return search(name, isEscaped, low, high, from: slot)
    }

    /// The same for a name that isn't at its own place, is long, or is new.
    @inline(never)
    private mutating func search(
        _ name: UnsafeBufferPointer<UInt8>, _ isEscaped: Bool, _ low: UInt64, _ high: UInt64, from start: Int
    ) -> Int {
        var slot = start
        while entries[slot].length != 0 {
            let entry = entries[slot]
            if entry.low == low, entry.high == high, Int(entry.length) == name.count,
                name.count <= 16 || names[Int(entry.service)].bytes.elementsEqual(name)
            {
                return Int(entry.service)
            }
            slot = (slot + 1) % ServiceCounts.slots
        }
        guard names.count <= ServiceCounts.limit else { return 0 }
        let service = names.count
        names.append((Array(name), isEscaped))
        entries[slot] = Entry(low: low, high: high, length: UInt32(name.count), service: UInt32(service))
        return service
    }

    /// What was counted so far.
    package var snapshot: ServiceTotals {
        var all: [String: [UInt64]] = [:]
        for (service, name) in names.enumerated() {
            let mine = (0..<ServiceCounts.levels).map { counts[service * ServiceCounts.levels + $0] }
            guard mine.contains(where: { $0 > 0 }) else { continue }
            let text = service == 0 ? "other" : decoded(name.bytes, isEscaped: name.isEscaped)
            all[text] = all[text].map { zip($0, mine).map { $0 + $1 } } ?? mine
        }
        return ServiceTotals(byService: all)
    }

    private func decoded(_ name: [UInt8], isEscaped: Bool) -> String {
        guard isEscaped else { return String(decoding: name, as: UTF8.self) }
        var text = OutputBuffer(capacity: name.count)
        name.withUnsafeBufferPointer { JSONText.decode($0, into: &text) }
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

/// Records by service and level at one moment.
package struct ServiceTotals: Sendable, Equatable {
    /// By the service's name, `other` for those beyond the bound; a count for each level, DEBUG first.
    package var byService: [String: [UInt64]] = [:]

    package init(byService: [String: [UInt64]] = [:]) { self.byService = byService }

    /// Records of this level.
    package func total(_ severity: Severity) -> UInt64 {
        byService.values.reduce(0) { $0 + $1[Int(severity.rawValue)] }
    }
}
