package import LogModel

/// Writes the daily files on a thread of its own (contract sections 3, 5 and 7).
package final class DailyFileWriter: Sendable {
    private let queue = HandoffQueue<Order>()
    private let thread: PlainThread

    fileprivate enum Order: Sendable {
        case write(FileChunk, mayWait: Bool)
        case call(@Sendable (DailyFileSet) -> Void)
    }

    /// Starts the thread, on which all the closures are called.
    ///
    /// - Parameters:
    ///   - standardError: gets whole lines that can't be written to their file; `kept` says that they will be in it
    ///     too, when it is back (error lines).
    ///   - owe: gets error lines that can't be written to the file of this day: whoever keeps them over a restart
    ///     submits them again then. All are in their files when `recovered` is told.
    ///   - reclaim: called when the disk is full; deletes what is past its time and says whether it made room.
    ///   - events: what the state, alerts and counters should know.
    ///   - progress: called with the last ticket of which, and of all before it, every line was handed to the kernel
    ///     or went to stderr.
    ///   - patience: how long a chunk that may wait does so.
    ///   - took: how many nanoseconds the writing of a run of chunks took.
    package init(
        configuration: FilesConfiguration, clock: any Clock, fileSystem: any FileSystem = KernelFileSystem(),
        standardError:
            @escaping @Sendable (DailyFileKind, UnsafeBufferPointer<UInt8>, _ kept: Bool) -> Void,
        owe: @escaping @Sendable (CivilDate, UnsafeBufferPointer<UInt8>) -> Void = { _, _ in },
        reclaim: @escaping @Sendable () -> Bool = { false },
        events: @escaping @Sendable (DailyFileEvent) -> Void,
        progress: @escaping @Sendable (UInt64) -> Void,
        patience: Duration = .milliseconds(15),
        took: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) {
        let queue = queue
        thread = PlainThread(name: "daily files") {
            let files = DailyFileSet(
                configuration: configuration, clock: clock, fileSystem: fileSystem,
                standardError: standardError, owe: owe, reclaim: reclaim, events: events)
            DailyFileWriter.run(queue, files, Company(patience: patience), clock, progress, took)
        }
    }

    /// Queues the chunk and returns its ticket; tickets rise. Never blocks, and refuses nothing: its caller stops
    /// reading while `queuedBytes` is high. After `stop` the chunk is refused with nil.
    ///
    /// A chunk that `mayWait`, since nobody waits for it or for any before it, is written together with those that
    /// follow at once: 256 KiB in one call cost the daemon 3 % less than in parts of 64 to 110.
    @discardableResult
    package func submit(_ chunk: FileChunk, mayWait: Bool = false) -> UInt64? {
        queue.push(.write(chunk, mayWait: mayWait), bytes: chunk.byteCount)
    }

    /// Somebody waits for what was submitted so far.
    package func hurry() { if queuedBytes > 0 { flush {} } }

    /// Bytes submitted and not dealt with yet.
    package var queuedBytes: Int { queue.bytes }

    /// Calls `body` once when fewer than `below` bytes are queued: at once, on this thread, where that is so
    /// already, else on the writer's thread.
    package func onRoom(below: Int, _ body: @escaping @Sendable () -> Void) {
        queue.onRoom(below: below, body)
    }

    /// Calls `done` on the writer's thread when everything submitted so far was dealt with; at once, on this thread,
    /// after `stop`. With `retrying`, files that fail are tried first, whatever their back-off.
    package func flush(retrying: Bool = false, _ done: @escaping @Sendable () -> Void) {
        let ticket = queue.push(
            .call {
                if retrying { $0.retryAll() }
                done()
            }, bytes: 0)
        if ticket == nil { done() }
    }

    /// Runs `body` on the writer's thread while this file is closed; false after `stop`, and `body` is not called.
    package func whileClosed(
        _ kind: DailyFileKind, _ day: CivilDate, _ body: @escaping @Sendable () -> Void
    ) -> Bool {
        let ticket = queue.push(
            .call {
                $0.release(kind, day)
                body()
            }, bytes: 0)
        return ticket != nil
    }

    /// Writes what was submitted, closes the files and ends the thread; false where that took longer than `limit`,
    /// and the thread is left behind with what it holds.
    package func stop(within limit: Duration) async -> Bool {
        queue.close()
        return await thread.end(within: limit)
    }

    private static func run(
        _ queue: HandoffQueue<Order>, _ files: DailyFileSet, _ company: Company, _ clock: any Clock,
        _ progress: (UInt64) -> Void, _ took: (UInt64) -> Void
    ) {
        var company = company
        while let ticket = company.wait(for: queue, until: files.nextDue, clock) {
            defer { if files.nextDue ?? .max <= clock.monotonicNanoseconds() { files.tick() } }
            let orders = company.orders
            guard !orders.isEmpty else { continue }
            var next = 0
            while next < orders.count {
                let chunks = orders[next...].prefix { $0.chunk != nil }
                if !chunks.isEmpty {
                    let start = clock.monotonicNanoseconds()
                    files.write(chunks.lazy.compactMap(\.chunk))
                    took(clock.monotonicNanoseconds() - start)
                    queue.settle(bytes: chunks.reduce(0) { $0 + ($1.chunk?.byteCount ?? 0) })
                    next = chunks.endIndex
                } else if case .call(let body) = orders[next] {
                    body(files)
                    next += 1
                }
            }
            progress(ticket)
        }
        files.finish()
    }

    /// The orders that are carried out together.
    private struct Company {
        /// Bytes that are enough.
        static let most = 256 * 1024
        /// Nanoseconds that the first chunk waits for others.
        private let patience: UInt64

        private(set) var orders: [Order] = []
        private var arrived: [Order] = []

        init(patience: Duration) { self.patience = UInt64(patience / .nanoseconds(1)) }

        /// Gathers orders until they are many, somebody waits for one, or the first has waited long enough; none where
        /// the files are due before. Returns the ticket of the last one, or nil at the queue's end.
        mutating func wait(for queue: HandoffQueue<Order>, until due: UInt64?, _ clock: any Clock) -> UInt64?
        {
            orders.removeAll(keepingCapacity: true)
            var until = due
            var bytes = 0
            var last: UInt64?
            while true {
                let now = clock.monotonicNanoseconds()
                let pause = until.map { $0 > now ? $0 - now : 0 }
                guard let ticket = queue.takeAll(into: &arrived, waitingFor: pause) else { return last }
                last = ticket
                if arrived.isEmpty || !arrived.allSatisfy(\.mayWait) {
                    orders += arrived
                    return ticket
                }
                if orders.isEmpty { until = min(due ?? .max, now + patience) }
                orders += arrived
                bytes += arrived.reduce(0) { $0 + ($1.chunk?.byteCount ?? 0) }
                if bytes >= Company.most { return ticket }
            }
        }
    }
}

extension DailyFileWriter.Order {
    fileprivate var chunk: FileChunk? {
        if case .write(let chunk, _) = self { chunk } else { nil }
    }

    fileprivate var mayWait: Bool {
        if case .write(_, let mayWait) = self { mayWait } else { false }
    }
}
