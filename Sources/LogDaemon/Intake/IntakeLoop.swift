import LogModel
import LogPipeline
import LogSinks
import LogSpool
import NIOCore

/// What one event loop does with its connections' bytes: it owns the processor and hands its buffers on.
///
/// Everything here runs on the loop.
final class IntakeLoop {
    /// Bytes of text that are handed on at once (contract section 5), and of the rest too.
    static let textThreshold = 64 * 1024

    let eventLoop: any EventLoop
    let clock: any Clock
    let outlets: Outlets
    let readMemory = ReadMemory()
    private(set) var processor: RecordProcessor
    private(set) var connections: [ObjectIdentifier: Connection] = [:]
    /// Connections with records or flushes that may become safe.
    private var waiting: [ObjectIdentifier: Connection] = [:]

    private var text = HandoffLedger()
    private var errors = HandoffLedger()
    private var spool = HandoffLedger()
    /// Chunks that the spool's writer had no room for; reading pauses meanwhile.
    private var heldForSpool: [RecordChunk] = []
    private var textTimer: Scheduled<Void>?
    private var halfLines: HalfLineBudget
    private var endOfTickIsDue = false
    private var isPaused = false

    init(
        eventLoop: any EventLoop, clock: any Clock, outlets: Outlets, limit: ConnectionLimit, lineLimit: Int,
        processor: consuming RecordProcessor
    ) {
        halfLines = HalfLineBudget(lineLimit: lineLimit)
        self.limit = limit
        self.eventLoop = eventLoop
        self.clock = clock
        self.outlets = outlets
        self.processor = processor
        let bound = bound
        outlets.progress.onChange { eventLoop.execute { bound.value.outletsProgressed() } }
    }

    /// The loop itself, for closures that run on it later.
    private(set) lazy var bound = NIOLoopBound(self, eventLoop: eventLoop)

    /// Connections at once; who comes beyond is told and sent away.
    var limit: ConnectionLimit
    /// Asked for each connection when it is made.
    var allowances = ServiceAllowances()
    var connectionCount: Int { connections.count }
    /// nil where connections end with the process.
    var keeper: ConnectionKeeper?
    /// Told when there is no room for half-read lines any more, and when there is again.
    var tellHalfLines: ((HalfLineBudget) -> Void)?
    /// Takes the records of the live stream, and how many each listener missed.
    var publishLive: ((RecordChunk, [Int]) -> Void)?

    func add(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = connection
        hold(connection.heldBytes)
        if isPaused { connection.setReading(false) }
        keep(connection, after: IntakeLoop.passingTime)
    }

    func remove(_ connection: Connection) {
        if let keeper { connection.release(by: keeper) }
        connections.removeValue(forKey: ObjectIdentifier(connection))
        hold(-connection.heldBytes)
        waiting.removeValue(forKey: ObjectIdentifier(connection))
    }

    /// Takes what a connection read.
    func take(_ bytes: UnsafeBufferPointer<UInt8>, slack: Int, from connection: Connection) {
        processor.setTime(clock.now())
        let before = connection.heldBytes
        connection.process(bytes, slack: slack, mostHeld: halfLines.mostPerLine, with: &processor)
        hold(connection.heldBytes - before)
        connection.send()
        noteProgress(of: connection)
    }

    /// Takes a last line without a newline.
    func finish(_ connection: Connection) {
        processor.setTime(clock.now())
        let before = connection.heldBytes
        connection.finishLine(with: &processor)
        hold(connection.heldBytes - before)
        connection.send()
        noteProgress(of: connection)
    }

    /// Half-read lines hold so much more (or less).
    private func hold(_ bytes: Int) {
        if bytes != 0, halfLines.change(by: bytes) { tellHalfLines?(halfLines) }
    }

    private func noteProgress(of connection: Connection) {
        if connection.awaitsAnswers { waiting[ObjectIdentifier(connection)] = connection }
        if connection.wantsFlush || processor.text.byteCount >= IntakeLoop.textThreshold { handOffText() }
        // Not all that a turn brings in one piece: a buffer that grows is copied, and leaves holes in the memory.
        if processor.errors.byteCount >= IntakeLoop.textThreshold { handOffErrors() }
        if processor.spool.count >= IntakeLoop.textThreshold { handOffSpool() }
        guard !endOfTickIsDue else { return }
        // Once for all that one turn of the loop brings; what this turn's other connections read comes along.
        endOfTickIsDue = true
        eventLoop.execute { [bound] in bound.value.endTick() }
    }

    /// The counts that the connection's records wait for: the buffers' next hand-offs.
    func neededNow() -> SafetyProgress {
        SafetyProgress(
            text: processor.text.byteCount > 0 ? text.next : text.last,
            errors: processor.errors.byteCount > 0 ? errors.next : errors.last,
            spool: spool.last + UInt64(heldForSpool.count) + (processor.spoolCount > 0 ? 1 : 0))
    }

    private func endTick() {
        endOfTickIsDue = false
        let needed = neededNow()
        for connection in waiting.values {
            connection.noteRecords(needed: needed, safeWithoutText: processor.safeWithoutText)
        }
        if waiting.values.contains(where: \.wantsFlush) {
            handOffText()
            outlets.files.hurry()
        }
        // The spool first, since somebody may wait for it.
        handOffSpool()
        handOffErrors()
        handOffJournal()
        if let (chunk, skipped) = processor.live.take() { publishLive?(chunk, skipped) }
        if processor.text.byteCount > 0, textTimer == nil {
            textTimer = eventLoop.scheduleTask(in: .seconds(1)) { [bound] in bound.value.textIsDue() }
        }
        if !waiting.isEmpty {
            outlets.progress.watch()
            settle()
        }
        if outlets.areFull { pause() }
    }

    private func textIsDue() {
        textTimer = nil
        handOffText()
        if !waiting.isEmpty { outlets.progress.watch() }
    }

    private func handOffText() {
        guard processor.text.byteCount > 0 else { return }
        text.handedOff(ticket: submit(&processor.text, .text), through: outlets.progress.filesDone)
        textTimer?.cancel()
        textTimer = nil
    }

    private func handOffErrors() {
        guard processor.errors.byteCount > 0 else { return }
        errors.handedOff(ticket: submit(&processor.errors, .errors), through: outlets.progress.filesDone)
    }

    /// Hands out one chunk a day; the last ticket stands for all.
    private func submit(_ buffers: inout DayBuffers, _ kind: DailyFileKind) -> UInt64? {
        var ticket: UInt64?
        buffers.take { day, bytes, records in
            ticket = outlets.files.submit(
                FileChunk(kind: kind, day: day, bytes: bytes, records: records), mayWait: waiting.isEmpty)
        }
        return ticket
    }

    private func handOffSpool() {
        guard let writer = outlets.spool else { return }
        if let chunk = processor.takeSpoolChunk() { heldForSpool.append(chunk) }
        let isAwaited = !waiting.isEmpty
        // What went before, without anybody who waits for it.
        if isAwaited, heldForSpool.isEmpty { writer.hurry() }
        while let chunk = heldForSpool.first {
            guard let ticket = writer.submit(chunk, awaited: isAwaited) else { return pause() }
            spool.handedOff(ticket: UInt64(ticket), through: outlets.progress.spoolDone)
            heldForSpool.removeFirst()
        }
    }

    /// From the next record on these listen to the live stream.
    func listen(_ listeners: [LiveTap.Listener], through gate: LiveGate) {
        endTick()
        processor.live.listen(listeners, through: gate)
    }

    private func handOffJournal() {
        guard let chunk = processor.takeJournalChunk() else { return }
        outlets.journal?(chunk)
    }

    private func outletsProgressed() {
        if !waiting.isEmpty || isPaused { outlets.progress.watch() }
        if !heldForSpool.isEmpty { handOffSpool() }
        settle()
        if isPaused { resumeIfPossible() }
    }

    /// Answers the connections whose records are safe now.
    private func settle() {
        text.settle(through: outlets.progress.filesDone)
        errors.settle(through: outlets.progress.filesDone)
        spool.settle(through: outlets.progress.spoolDone)
        let progress = SafetyProgress(text: text.done, errors: errors.done, spool: spool.done)
        for (key, connection) in waiting {
            connection.settle(progress)
            if !connection.awaitsAnswers { waiting.removeValue(forKey: key) }
        }
    }

    /// Stops reading until the disk has caught up (contract section 3, back pressure).
    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        outlets.progress.watch()
        for connection in connections.values { connection.setReading(false) }
    }

    /// Reads as if the disk were never behind: for the last that is read.
    func readOn() { isPaused = false }

    private func resumeIfPossible() {
        guard isPaused, heldForSpool.isEmpty, !outlets.areFull else { return }
        isPaused = false
        for connection in connections.values { connection.setReading(true) }
    }

    /// Hands everything on, whether due or not.
    func handOffEverything() {
        endTick()
        handOffText()
    }

    /// Puts another processor in place from the next line on; the counters go on.
    func replaceProcessor(_ other: consuming RecordProcessor) {
        handOffEverything()
        other.counters = processor.counters
        swap(&other.services, &processor.services)
        swap(&other.live, &processor.live)
        processor = other
    }
}
