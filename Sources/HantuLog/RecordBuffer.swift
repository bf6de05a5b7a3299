internal import LogModel

/// Lines that wait to be sent, and errors on their way, which are sent again when they don't get there: bounded,
/// and dropped by rank when it is full (contract section 12).
struct RecordBuffer {
    static let mostRecords = 10_000
    static let mostBytes = 8 << 20

    struct Line {
        var bytes: [UInt8]
        var severity: Severity
        /// Kept until it is acknowledged.
        var isKept: Bool { severity >= .error }
    }

    private var waiting: [Line] = []
    private var first = 0
    private var onTheWay: [(number: Int, line: Line)] = []
    private(set) var byteCount = 0
    /// By severity: dropped since it was last told.
    private var dropped = [Int](repeating: 0, count: Severity.allCases.count)
    /// Records of this connection that were sent, and how many of them are safe.
    private(set) var sent = 0
    private(set) var acknowledged = 0

    init() {
        // All that they will ever need: they don't grow under the lock.
        waiting.reserveCapacity(2 * Self.mostRecords)
        onTheWay.reserveCapacity(Self.mostRecords)
    }

    var waits: Bool { first < waiting.count || dropped.contains { $0 > 0 } }
    var isSettled: Bool { !waits && acknowledged >= sent }
    private var count: Int { waiting.count - first + onTheWay.count }

    /// Takes a line. Without room, what ranks lower goes; without that, this one.
    mutating func put(_ bytes: [UInt8], _ severity: Severity) {
        if count >= Self.mostRecords || byteCount + bytes.count > Self.mostBytes {
            guard makeRoom(for: bytes.count, below: severity) else {
                dropped[Int(severity.rawValue)] += 1
                return
            }
        }
        waiting.append(Line(bytes: bytes, severity: severity))
        byteCount += bytes.count
    }

    /// Appends up to about `limit` bytes of lines, which count as sent, to `batch`.
    mutating func take(_ limit: Int, into batch: inout [Line]) {
        var size = 0
        while first < waiting.count, size < limit {
            let line = waiting[first]
            waiting[first].bytes = []
            first += 1
            size += line.bytes.count
            sent += 1
            if line.isKept { onTheWay.append((sent, line)) } else { byteCount -= line.bytes.count }
            batch.append(line)
        }
        if first == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= Self.mostRecords {
            waiting.removeFirst(first)
            first = 0
        }
    }

    /// The first `number` records of this connection are safe.
    mutating func acknowledge(_ number: Int) {
        acknowledged = number
        let safe = onTheWay.prefix { $0.number <= number }
        for entry in safe { byteCount -= entry.line.bytes.count }
        onTheWay.removeFirst(safe.count)
    }

    /// Counting begins again: errors on their way wait once more, and behind them the last lines, unsent.
    mutating func putBack(_ unsent: ArraySlice<Line>) {
        let again = onTheWay.filter { $0.number <= sent - unsent.count }.map(\.line)
        for line in unsent where !line.isKept { byteCount += line.bytes.count }
        waiting.replaceSubrange(..<first, with: again + unsent)
        first = 0
        onTheWay.removeAll()
        (sent, acknowledged) = (0, 0)
    }

    /// All that waits, which is then gone from here.
    mutating func giveUp() -> [Line] {
        let left = Array(waiting[first...])
        waiting.removeAll()
        (first, byteCount) = (0, 0)
        return left
    }

    /// What was dropped since this was last asked, by severity; nil when nothing was.
    mutating func takeDropped() -> [(Severity, Int)]? {
        let counts = zip(Severity.allCases, dropped).filter { $0.1 > 0 }
        if counts.isEmpty { return nil }
        dropped = dropped.map { _ in 0 }
        return counts
    }

    /// A line that goes first and is kept, whatever its severity says.
    mutating func putFirst(_ bytes: [UInt8]) {
        waiting.replaceSubrange(..<first, with: [Line(bytes: bytes, severity: .error)])
        first = 0
        byteCount += bytes.count
    }

    /// Drops the oldest of the lowest rank, a tenth of the buffer at once: one walk for a thousand records.
    private mutating func makeRoom(for size: Int, below severity: Severity) -> Bool {
        let ranks: [ClosedRange<Severity>] = [.debug ... .info, .warning ... .warning]
        for rank in ranks where rank.upperBound < severity {
            var number = 0
            var kept = first
            for index in first..<waiting.count {
                let isDue = number < Self.mostRecords / 10 || byteCount + size > Self.mostBytes
                if isDue, rank.contains(waiting[index].severity) {
                    number += 1
                    byteCount -= waiting[index].bytes.count
                    dropped[Int(waiting[index].severity.rawValue)] += 1
                } else {
                    waiting.swapAt(kept, index)
                    kept += 1
                }
            }
            if number == 0 { continue }
            waiting.removeLast(number)
            if byteCount + size <= Self.mostBytes { return true }
        }
        return false
    }
}
