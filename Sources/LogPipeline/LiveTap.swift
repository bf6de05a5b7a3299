package import LogModel
import Synchronization

/// Who listens to the live stream, and the records that go there (contract section 11).
///
/// While nobody listens a record costs one comparison. A frame's `outputs` say which listeners it is for.
package struct LiveTap: ~Copyable {
    /// One listener's wish.
    package struct Listener: Sendable, Equatable {
        /// 0 ..< `maximumListeners`.
        package var number: Int
        package var minimumLevel: Severity
        /// Only records of this service.
        package var service: [UInt8]?

        package init(number: Int, minimumLevel: Severity, service: String?) {
            self.number = number
            self.minimumLevel = minimumLevel
            self.service = service.map { Array($0.utf8) }
        }
    }

    package static var maximumListeners: Int { 8 }
    /// Bytes that may wait to be taken.
    static var limit: Int { 1 << 20 }

    private var listeners: [Listener] = []
    private var gate: LiveGate?
    /// The least level that anybody wants; over all levels where nobody listens.
    private(set) var leastLevel = UInt8.max
    private var frames = OutputBuffer()
    private var count = 0
    private var skipped = [Int](repeating: 0, count: LiveTap.maximumListeners)
    private var hasSkipped = false

    /// From the next record on these listen.
    package mutating func listen(_ listeners: [Listener], through gate: LiveGate) {
        self.listeners = listeners
        self.gate = gate
        leastLevel = listeners.map(\.minimumLevel.rawValue).min() ?? .max
    }

    /// The listeners that take this record, one bit each. Those that are behind don't, and are told so later.
    @inline(never)
    mutating func takers(_ severity: Severity, service: UnsafeBufferPointer<UInt8>) -> UInt8 {
        var wanted: UInt8 = 0
        for listener in listeners where severity >= listener.minimumLevel {
            if let name = listener.service, !name.elementsEqual(service) { continue }
            wanted |= 1 << UInt8(listener.number)
        }
        guard wanted != 0, let gate else { return 0 }
        let behind = frames.count > LiveTap.limit ? wanted : wanted & gate.behind
        if _slowPath(behind != 0) {
            hasSkipped = true
            for number in 0..<LiveTap.maximumListeners where behind & 1 << UInt8(number) != 0 {
                skipped[number] += 1
            }
        }
        return wanted & ~behind
    }

    mutating func append(_ json: UnsafeBufferPointer<UInt8>, _ severity: Severity, takers: UInt8) {
        let start = RecordFrame.open(in: &frames)
        frames.append(json)
        RecordFrame.close(at: start, in: &frames, severity: severity, outputs: OutputSet(rawValue: takers))
        count += 1
    }

    /// Hands out what waits, and how many records each listener missed; nil where there is nothing.
    package mutating func take() -> (RecordChunk, skipped: [Int])? {
        guard count > 0 || hasSkipped else { return nil }
        let chunk = RecordChunk(frames.replace(with: OutputBuffer()), count: count)
        let missed = skipped
        count = 0
        if hasSkipped {
            skipped = [Int](repeating: 0, count: LiveTap.maximumListeners)
            hasSkipped = false
        }
        gate?.sent(bytes: chunk.byteCount)
        return (chunk, missed)
    }
}

/// What the listeners' side tells the intake without holding it up.
package final class LiveGate: Sendable {
    /// Bytes that may be on their way to the listeners' thread.
    private static let limit = 4 << 20

    private let full = Atomic<UInt8>(0)
    private let underWay = Atomic<Int>(0)

    package init() {}

    /// The listeners that take nothing at the moment, one bit each.
    var behind: UInt8 {
        underWay.load(ordering: .relaxed) > LiveGate.limit ? .max : full.load(ordering: .relaxed)
    }

    func sent(bytes: Int) { underWay.add(bytes, ordering: .relaxed) }

    package func arrived(bytes: Int) { underWay.subtract(bytes, ordering: .relaxed) }

    package func setFull(_ number: Int, _ isFull: Bool) {
        let bit = UInt8(1) << UInt8(number)
        if isFull {
            full.bitwiseOr(bit, ordering: .relaxed)
        } else {
            full.bitwiseAnd(~bit, ordering: .relaxed)
        }
    }
}
