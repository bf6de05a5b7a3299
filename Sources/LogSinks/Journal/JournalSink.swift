package import LogModel
package import LogPipeline
import Synchronization

/// Sends records to journald on a thread of its own, since sending blocks when journald hangs.
///
/// The daemon submits chunks beside the files; journald is not fed from the spool. What journald is too slow for is
/// dropped and counted.
package final class JournalSink: Sink {
    /// Bytes that may wait.
    package static let queueLimit = 1 << 20

    package let name = "journal"
    private let minimumLevel: Severity
    private let isOff: Bool
    private let queue = HandoffQueue<Order>()
    private let waiting = Waiting()
    private let events: @Sendable (JournalEvent) -> Void
    private let thread: PlainThread

    private enum Order: Sendable {
        case chunk(RecordChunk, records: Int)
        case batch([LogRecord], CheckedContinuation<DeliveryOutcome, Never>)
    }

    /// Records in the queue or being sent, and whether some were dropped since it was empty.
    private final class Waiting: Sendable {
        let records = Atomic<Int>(0)
        let isBehind = Atomic<Bool>(false)
    }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - standardError: gets the line, with its newline and priority prefix, that can't go to journald; on the
    ///     journal's thread.
    ///   - events: called on that thread, but for drops, which are told by who submits.
    package init(
        configuration: JournalConfiguration, clock: any Clock,
        transport: any JournalTransport = SystemJournal(),
        standardError: @escaping @Sendable (String) -> Void,
        events: @escaping @Sendable (JournalEvent) -> Void
    ) {
        minimumLevel = configuration.minimumLevel
        isOff = configuration.enabled == .off
        self.events = events
        let (queue, waiting, minimumLevel) = (queue, waiting, minimumLevel)
        thread = PlainThread(name: "journal") {
            let delivery = JournalDelivery(
                mode: configuration.enabled, clock: clock, transport: transport,
                standardError: standardError, events: events)
            var orders: [Order] = []
            while queue.takeAll(into: &orders, waitingFor: nil) != nil {
                for order in orders {
                    switch order {
                    case .chunk(let chunk, let records):
                        JournalSink.deliver(chunk, from: minimumLevel, by: delivery, events)
                        queue.settle(bytes: chunk.byteCount)
                        waiting.records.subtract(records, ordering: .relaxed)
                    case .batch(let records, let answer):
                        answer.resume(returning: JournalSink.deliver(records, by: delivery))
                    }
                }
                if queue.bytes == 0, waiting.isBehind.exchange(false, ordering: .acquiring) {
                    events(.caughtUp)
                }
            }
        }
    }

    /// Queues the chunk's records of the configured severity and above. Never blocks: when the queue is full they
    /// are dropped and counted.
    package func submit(_ chunk: RecordChunk) {
        guard !isOff else { return }
        var records = 0
        _ = chunk.withBytes { bytes in
            RecordFrame.forEach(in: bytes) { severity, _, _ in if severity >= minimumLevel { records += 1 } }
        }
        guard records > 0 else { return }
        // One chunk may be larger than the limit; then it waits alone.
        let queued = queue.bytes
        guard queued == 0 || queued + chunk.byteCount <= JournalSink.queueLimit else {
            events(.dropped(.queueFull, records: records))
            // Behind that, so that having caught up is told behind it too.
            return waiting.isBehind.store(true, ordering: .releasing)
        }
        waiting.records.add(records, ordering: .relaxed)
        if queue.push(.chunk(chunk, records: records), bytes: chunk.byteCount) == nil {
            waiting.records.subtract(records, ordering: .relaxed)
            events(.dropped(.stopped, records: records))
        }
    }

    /// Sends the records whatever their severity, behind what was submitted; they don't go to stderr.
    package func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome {
        await withCheckedContinuation { answer in
            if queue.push(.batch(batch, answer), bytes: 0) == nil {
                answer.resume(returning: .retry(after: nil, reason: "the journal output has stopped"))
            }
        }
    }

    package var queuedBytes: Int { queue.bytes }

    /// Sends what waits and ends the thread; false where that took longer than `limit`: the thread is left behind
    /// in its call, and what waited is counted as dropped.
    package func stop(within limit: Duration) async -> Bool {
        queue.close()
        if await thread.end(within: limit) { return true }
        events(.dropped(.stopped, records: waiting.records.load(ordering: .relaxed)))
        return false
    }

    private static func deliver(
        _ chunk: RecordChunk, from minimumLevel: Severity, by delivery: JournalDelivery,
        _ events: (JournalEvent) -> Void
    ) {
        _ = chunk.withBytes { bytes in
            RecordFrame.forEach(in: bytes) { severity, _, payload in
                guard severity >= minimumLevel else { return }
                if let record = LogRecord(wire: payload) {
                    delivery.deliver(JournalEntry(record))
                } else {
                    events(.undecodable)
                    delivery.deliver(JournalEntry(undecodable: payload, severity: severity))
                }
            }
        }
    }

    private static func deliver(_ records: [LogRecord], by delivery: JournalDelivery) -> DeliveryOutcome {
        for record in records {
            do { try delivery.journal(JournalEntry(record)) } catch {
                return .retry(after: nil, reason: "journald: \(error)")
            }
        }
        return .delivered
    }
}
