package import LogModel

/// Commits chunks to the spool on a thread of its own, in groups.
///
/// `submit` never blocks on the disk. Chunks are committed in the order in which they were submitted; a group that
/// can't be committed is kept and tried again, after 1 s, then growing to 30 s, while submissions fill the bound.
package final class SpoolWriter: Sendable {
    /// What the writer tells, on its own thread.
    package struct Callbacks: Sendable {
        /// Everything up to and including this ticket is on the disk.
        package var committed: @Sendable (_ through: Int64) -> Void = { _ in }
        /// There is room again after a submission was refused.
        package var hasRoom: @Sendable () -> Void = {}
        /// A commit failed; told for each attempt.
        package var failed: @Sendable (SpoolError) -> Void = { _ in }
        /// The first commit after failures worked.
        package var recovered: @Sendable () -> Void = {}
        /// How long a commit took that worked.
        package var took: @Sendable (_ nanoseconds: UInt64) -> Void = { _ in }

        package init() {}
    }

    private struct State {
        var policy = CommitPolicy()
        var waiting: [RecordChunk] = []
        var lastTicket: Int64 = 0
        var wasRefused = false
        var isStopping = false
        var calls: [@Sendable () -> Void] = []
    }

    private enum Step {
        case answer([@Sendable () -> Void])
        case commit([RecordChunk], through: Int64, bytes: Int)
        case end
    }

    private let spool: Spool
    private let clock: any Clock
    private let maximumBytes: Int
    private let callbacks: Callbacks
    private let state: Monitor<State>
    private let thread: Monitor<WorkerThread?>

    /// Starts the thread. `maximumBytes` bounds what waits for a commit, the group being committed included.
    package init(
        _ spool: Spool, clock: any Clock, maximumBytes: Int = 4_194_304, callbacks: Callbacks
    ) {
        self.spool = spool
        self.clock = clock
        self.maximumBytes = maximumBytes
        self.callbacks = callbacks
        state = Monitor(State())
        thread = Monitor(nil)
        // The thread holds the writer until `stop`, so that nothing submitted is forgotten.
        let worker = WorkerThread(name: "spool") { self.run() }
        thread.change { $0 = worker }
    }

    /// Hands over one chunk; returns its ticket (1, 2, …), or nil when there is no room: the caller keeps it and
    /// stops reading until `hasRoom`. One chunk is taken whatever its size when nothing else waits. Where it is
    /// `awaited`, it is committed without waiting for more, as by `hurry`.
    package func submit(_ chunk: RecordChunk, awaited: Bool = false) -> Int64? {
        state.change { state in
            guard !state.isStopping else { return nil }
            let bytes = state.policy.waitingBytes
            guard bytes == 0 || bytes + chunk.byteCount <= maximumBytes else {
                state.wasRefused = true
                return nil
            }
            state.waiting.append(chunk)
            state.policy.submitted(bytes: chunk.byteCount)
            if awaited { state.policy.hurry() }
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// Calls `body` on the writer's thread as soon as that is between two commits, or waits; at once, on this thread,
    /// after `stop`.
    package func call(_ body: @escaping @Sendable () -> Void) {
        let isEnding = state.change { state in
            if !state.isStopping { state.calls.append(body) }
            return state.isStopping
        }
        if isEnding { body() }
    }

    /// Somebody waits for what was submitted so far: commit without waiting for more.
    package func hurry() { state.change { $0.policy.hurry() } }

    /// Commits what waits, once more even while commits fail, and ends the thread; blocks until then.
    ///
    /// Returns the chunks that could not be committed, for the caller to do with what it can.
    package func stop() -> [RecordChunk] {
        state.change { $0.isStopping = true }
        let worker = thread.change { worker in
            defer { worker = nil }
            return worker
        }
        worker?.join()
        return state.read { $0.waiting }
    }

    /// Bytes that wait for a commit.
    package var waitingBytes: Int { state.read { $0.policy.waitingBytes } }

    private func run() {
        var triedLast = false
        while true {
            switch next(triedLast) {
            case .answer(let calls): for call in calls { call() }
            case .end: return
            case .commit(let group, let ticket, let bytes):
                triedLast = state.read { $0.isStopping }
                commit(group, through: ticket, bytes: bytes)
            }
        }
    }

    private func commit(_ group: [RecordChunk], through ticket: Int64, bytes: Int) {
        let start = clock.monotonicNanoseconds()
        do {
            try spool.append(group)
        } catch {
            state.change { $0.policy.failed(now: clock.monotonicNanoseconds()) }
            return callbacks.failed(error)
        }
        callbacks.took(clock.monotonicNanoseconds() - start)
        let (recovered, hasRoom) = state.change { state in
            let recovered = state.policy.isFailing
            state.waiting.removeFirst(group.count)
            state.policy.committed(bytes: bytes)
            let hasRoom = state.wasRefused && state.policy.waitingBytes <= maximumBytes / 2
            if hasRoom { state.wasRefused = false }
            return (recovered, hasRoom)
        }
        callbacks.committed(ticket)
        if recovered { callbacks.recovered() }
        if hasRoom { callbacks.hasRoom() }
    }

    /// Waits for the next group; the end when stopping and nothing is left, or the last attempt has failed.
    private func next(_ triedLast: Bool) -> Step {
        state.await { state in
            let now = clock.monotonicNanoseconds()
            if !state.calls.isEmpty {
                defer { state.calls = [] }
                return .done(.answer(state.calls))
            }
            if state.isStopping, state.waiting.isEmpty || (triedLast && state.policy.isFailing) {
                return .done(.end)
            }
            let decision = state.isStopping ? .commit : state.policy.decide(now: now)
            switch decision {
            case .rest: return .wait(nanoseconds: nil)
            case .wait(let time): return .wait(nanoseconds: time - now)
            case .commit:
                state.policy.began(now: now)
                return .done(
                    .commit(state.waiting, through: state.lastTicket, bytes: state.policy.waitingBytes))
            }
        }
    }
}
