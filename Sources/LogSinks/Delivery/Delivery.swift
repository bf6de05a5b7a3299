package import LogModel
package import LogPipeline
package import LogSpool
internal import Synchronization

/// Moves one output's records from the spool into its sink: batches, retries, parks, starts over by itself
/// (`DrainStateMachine` says when; contract sections 5 and 7).
///
/// An actor on a thread of its own, since reading and advancing the spool block. It acts on `wake`, when an
/// attempt ends, and when its time has come; there is at most one attempt at a time.
package actor Delivery {
    package nonisolated let output: OutputSet
    package nonisolated let name: String
    private nonisolated let executor: ThreadExecutor
    private let spool: Spool
    private let sink: any Sink
    private let clock: any Clock
    private let faults: FaultPoints
    private let tell: @Sendable (DeliveryEvent) -> Void
    private var machine: DrainStateMachine
    /// Whether a turn has been asked for that hasn't begun.
    private nonisolated let isAwake = Mutex(false)

    private var batch: DeliveryBatch?
    /// Under backlog: what follows the batch, made ready while that is on its way.
    private var upcoming: DeliveryBatch?
    private var attempt: Task<Void, Never>?
    /// The batch was taken and the spool doesn't know yet: kept until it does, so that nothing goes twice.
    private var unsaved: (through: Int64, parking: [Parking], records: Int)?
    private var spoolFailedUntil: UInt64?
    private var failingSince: Timestamp?
    private var timer: (due: UInt64, task: Task<Void, Never>)?
    private var flushes = FlushList()
    private var taken = 0
    private var isStopped = false
    /// Dropped records that were told already; those of earlier runs were told by these.
    private var droppedBefore: Int
    private var warnings: DeliveryWarnings = []
    private var toldWarnings: DeliveryWarnings = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `tell` is called on the delivery's thread, and must not block.
    package init(
        _ sink: any Sink, from spool: Spool, output: OutputSet, settings: DeliverySettings, clock: any Clock,
        executor: ThreadExecutor, faults: FaultPoints = .none,
        tell: @escaping @Sendable (DeliveryEvent) -> Void
    ) {
        self.sink = sink
        self.spool = spool
        self.output = output
        self.clock = clock
        self.executor = executor
        self.faults = faults
        self.tell = tell
        name = sink.name
        machine = DrainStateMachine(settings)
        droppedBefore = spool.overflowed(for: output)
    }

    /// Looks whether there is something to do: to be called once at the start and after each commit. Never
    /// blocks, and costs nothing when the last call has not been answered.
    package nonisolated func wake() {
        let isFirst = isAwake.withLock { awake in
            defer { awake = true }
            return !awake
        }
        if isFirst { Task { await self.turn() } }
    }

    /// Delivers what waits now, without waiting for a batch to be full, and tries at once when the last attempt
    /// failed.
    package func flush(within time: Duration) async -> FlushOutcome {
        guard !isStopped else { return .failed("stopped") }
        let waiting = spool.waiting(for: output)
        guard waiting > 0 || batch != nil || unsaved != nil else { return .drained }
        machine.hurry()
        spoolFailedUntil = nil
        let deadline = clock.monotonicNanoseconds() &+ time.nanoseconds
        return await withCheckedContinuation { continuation in
            flushes.add(target: taken + waiting, deadline: deadline, continuation)
            turn()
        }
    }

    /// Flushes within this time, and ends: what is left is in the spool. An attempt that is still under way is
    /// cancelled, and not waited for.
    package func stop(within time: Duration) async -> FlushOutcome {
        let outcome = await flush(within: time)
        isStopped = true
        attempt?.cancel()
        timer?.task.cancel()
        flushes.end { _ in .failed("stopped") }
        return outcome
    }

    /// Applies other settings from the next step on.
    package func change(_ settings: DeliverySettings) {
        machine.settings = settings
        turn()
    }

    /// How it stands.
    package func status() -> DeliveryStatus {
        let numbers = spool.statistics().outputs.first { $0.output == output }
        return DeliveryStatus(
            phase: machine.statusPhase, waiting: numbers?.waiting ?? 0, oldestWaiting: numbers?.oldest,
            parked: numbers?.parked ?? 0,
            failures: machine.failures, lastFailure: machine.lastFailure, failingSince: failingSince,
            isUnreachable: machine.isUnreachable)
    }

    /// Does what is due, and sees to it that the next turn comes in time.
    package func turn() {
        isAwake.withLock { $0 = false }
        guard !isStopped else { return }
        tellDropped()
        let now = clock.monotonicNanoseconds()
        if let due = act(now) { schedule(due, now) }
        let waiting = spool.waiting(for: output)
        warn(waiting)
        flushes.end { flush in
            if waiting == 0 && unsaved == nil || taken >= flush.target { return .drained }
            return now >= flush.deadline ? .expired : nil
        }
        if let deadline = flushes.earliestDeadline { schedule(deadline, now) } else { machine.calm() }
    }

    private func tellDropped() {
        let dropped = spool.overflowed(for: output)
        guard dropped > droppedBefore else { return }
        tell(.dropped(records: dropped - droppedBefore))
        warnings.insert(.dropped)
        droppedBefore = dropped
    }

    private func warn(_ waiting: Int) {
        var found = warnings
        if spool.parkedCount(for: output) > 0 { found.insert(.parked) } else { found.remove(.parked) }
        if waiting > machine.settings.batchMaximumRecords, machine.failures == 0 { found.insert(.behind) }
        if waiting <= machine.settings.batchRecords { found.remove(.behind) }
        if waiting == 0 { found.remove(.dropped) }
        warnings = found
        guard found != toldWarnings else { return }
        tell(.warns(found))
        toldWarnings = found
    }

    /// Returns when there is something to do next, nil where something has to happen first.
    private func act(_ now: UInt64) -> UInt64? {
        if let until = spoolFailedUntil, now < until { return until }
        spoolFailedUntil = nil
        do throws(SpoolError) {
            while true {
                // What was taken still counts in the spool until that is told.
                let waiting = spool.waiting(for: output) - (unsaved?.records ?? 0)
                switch machine.next(waiting: waiting, now: now) {
                case .rest:
                    try save()
                    return nil
                case .wait(let until):
                    try save()
                    return until
                case .overdue: follow(machine.attemptIsOverdue(now: now))
                case .deliver(let limit):
                    guard let batch = try nextBatch(limit) else {
                        machine.foundNothing()
                        return nil
                    }
                    start(batch, now)
                    // Under backlog this commit takes place while the next batch is on its way.
                    try save()
                    makeReady(limit)
                }
            }
        } catch {
            return spoolFailed(error, now)
        }
    }

    private func nextBatch(_ limit: Int) throws(SpoolError) -> DeliveryBatch? {
        if let upcoming {
            self.upcoming = nil
            return upcoming
        }
        try save()
        let records = try spool.read(
            for: output, limit: limit, maximumBytes: machine.settings.batchMaximumBytes)
        return records.isEmpty ? nil : DeliveryBatch(records)
    }

    /// Reads and decodes what comes next. What goes wrong here goes wrong again when it is its turn.
    private func makeReady(_ limit: Int) {
        guard machine.failures == 0 else { return }
        let records = try? spool.readFurther(
            for: output, limit: limit, maximumBytes: machine.settings.batchMaximumBytes)
        upcoming = records.flatMap { $0.isEmpty ? nil : DeliveryBatch($0) }
    }

    private func start(_ batch: DeliveryBatch, _ now: UInt64) {
        self.batch = batch
        machine.began(now: now)
        let sink = sink
        attempt = Task {
            let outcome = batch.records.isEmpty ? .delivered : await sink.deliver(batch.records)
            self.ended(outcome)
        }
    }

    private func ended(_ outcome: DeliveryOutcome) {
        attempt = nil
        guard !isStopped else { return }
        let now = clock.monotonicNanoseconds()
        let attempts = machine.failures + 1
        follow(machine.ended(outcome, now: now), attempts: attempts)
        turn()
    }

    private func follow(_ effects: [DrainStateMachine.Effect], attempts: Int = 1) {
        for effect in effects {
            switch effect {
            case .accept(let refused):
                guard let batch else { continue }
                self.batch = nil
                faults.reach(.drainDelivered)
                // Those before it may not be saved yet, where the spool failed.
                unsaved = (
                    batch.lastSequence,
                    (unsaved?.parking ?? []) + batch.parking(refused, attempts: attempts),
                    (unsaved?.records ?? 0) + batch.count
                )
            case .tell(.failed(let attempt, let reason)):
                if attempt == 1 { failingSince = clock.now() }
                // The batch comes again first, and a smaller one.
                upcoming = nil
                tell(.failed(attempt: attempt, reason: reason))
                flushes.end { _ in .failed(reason) }
            case .tell(.unreachable(let reason)):
                tell(.unreachable(reason: reason, waiting: spool.waiting(for: output)))
            case .tell(.recovered(let wasUnreachable)):
                failingSince = nil
                tell(.recovered(wasUnreachable: wasUnreachable, waiting: spool.waiting(for: output)))
            }
        }
    }

    /// Tells the spool what was taken.
    private func save() throws(SpoolError) {
        guard let unsaved else { return }
        try spool.advance(output, through: unsaved.through, parking: unsaved.parking)
        self.unsaved = nil
        taken += unsaved.records
        for parking in unsaved.parking { tell(.parked(sequence: parking.sequence, reason: parking.reason)) }
        let delivered = unsaved.records - unsaved.parking.count
        if delivered > 0 { tell(.delivered(records: delivered)) }
    }

    private func spoolFailed(_ error: SpoolError, _ now: UInt64) -> UInt64 {
        let until = now &+ machine.settings.retryDelay.nanoseconds
        spoolFailedUntil = until
        tell(.spoolFailed(reason: "\(error)"))
        flushes.end { _ in .failed("\(error)") }
        return until
    }

    /// Sees to a turn at this time; an earlier one that is planned stays.
    private func schedule(_ due: UInt64, _ now: UInt64) {
        if let timer, timer.due <= due, timer.due > now { return }
        timer?.task.cancel()
        let task = Task {
            guard (try? await Task.sleep(nanoseconds: due > now ? due - now : 0)) != nil else { return }
            self.timer = nil
            self.turn()
        }
        timer = (due, task)
    }
}
