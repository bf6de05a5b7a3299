import LogModel
import LogSinks
import LogSpool
import Synchronization

/// Where the intake hands finished bytes to; each of these works on a thread of its own.
final class Outlets: Sendable {
    /// Bytes that may wait for the daily files before the intake stops reading.
    static let filesHighWater = 3 << 18
    /// Bytes that may wait for the spool.
    static let spoolHighWater = 3 << 19

    let files: DailyFileWriter
    /// nil where no output reads from the spool.
    let spool: SpoolWriter?
    /// Takes records for journald; it drops and counts by itself when it is full.
    let journal: (@Sendable (RecordChunk) -> Void)?
    let progress: OutletProgress

    init(
        files: DailyFileWriter, spool: SpoolWriter?, journal: (@Sendable (RecordChunk) -> Void)?,
        progress: OutletProgress
    ) {
        self.files = files
        self.spool = spool
        self.journal = journal
        self.progress = progress
    }

    /// Whether so much waits for the disk that nothing more should be read.
    var areFull: Bool {
        files.queuedBytes > Outlets.filesHighWater
            || (spool?.waitingBytes ?? 0) > Outlets.spoolHighWater
    }
}

/// The last tickets that the writers have dealt with, and somebody to tell when they change.
final class OutletProgress: Sendable {
    private let files = Atomic<UInt64>(0)
    private let spool = Atomic<UInt64>(0)
    private let isWatched = Atomic<Bool>(false)
    private let watcher = Mutex<Watcher?>(nil)

    /// In a type of its own: a mutex that holds a closure itself wraps it once more each time it is looked at, until
    /// calling it takes more stack than a thread has.
    private struct Watcher {
        let body: @Sendable () -> Void
    }

    init() {}

    var filesDone: UInt64 { files.load(ordering: .acquiring) }
    var spoolDone: UInt64 { spool.load(ordering: .acquiring) }

    func filesDone(through ticket: UInt64) {
        files.store(ticket, ordering: .releasing)
        tell()
    }

    func spoolDone(through ticket: UInt64) {
        spool.store(ticket, ordering: .releasing)
        tell()
    }

    /// Calls `body`, from any thread, once after the next change; to be asked for again by `watch`.
    func onChange(_ body: @escaping @Sendable () -> Void) { watcher.withLock { $0 = Watcher(body: body) } }

    func watch() { isWatched.store(true, ordering: .sequentiallyConsistent) }

    /// Something made room without finishing anything.
    func madeRoom() { tell() }

    private func tell() {
        guard isWatched.exchange(false, ordering: .sequentiallyConsistent) else { return }
        watcher.withLock { $0 }?.body()
    }
}
