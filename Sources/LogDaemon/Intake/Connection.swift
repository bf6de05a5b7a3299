import Glibc
import LogModel
import LogPipeline
import NIOCore

/// One client: its half-read line, who it is, and what it was told.
final class Connection {
    private var framer: LineFramer
    private let source: Place<LineSource>
    private let channel: any Channel
    private var socket: ClientSocket { ClientSocket(channel) }
    private var ledger = AcknowledgementLedger()

    /// Lines that made a record.
    private var records = 0
    private var notedRecords = 0
    /// Least severity among the records not noted yet.
    private var leastUnnoted = Severity.critical
    private var sawLine: Bool
    /// Its first bytes went with an earlier daemon: nobody knows whether they said hello.
    private var isLost = false
    private var saidHello = false
    private var acknowledges = false
    private(set) var wantsFlush = false
    private var replies: [ControlReply] = []
    private var inputIsClosed = false
    private var reads = true
    /// Where the connection is kept beyond the process; nil where it isn't.
    private var slot: ConnectionKeeper.Slot?
    private var resumption: Resumption?
    /// Bytes that are still read while the daemon stops.
    private var bytesLeft: Int?
    /// Whether the next daemon has it.
    private(set) var isHandedOver = false

    /// `left` is what an earlier daemon knew of the connection, where it outlived that.
    init(
        channel: any Channel, peer: PeerCredentials, allowance: ServiceAllowance?, lineLimit: Int,
        left: ConnectionKeeper.Left? = nil
    ) {
        self.channel = channel
        let state = left?.state
        sawLine = state?.sawLine ?? false
        framer = LineFramer(limit: lineLimit, resuming: state?.halfLine, atStart: !sawLine)
        source = Place(LineSource(peer: peer, allowance: allowance))
        guard let left else { return }
        slot = left.slot
        _ = source.value.setService(left.state.service)
        saidHello = left.state.saidHello
        acknowledges = left.state.acknowledges
        if acknowledges {
            resumption = Resumption(
                isTorn: left.state.endsAmidLine && left.state.halfLine == nil,
                unanswered: Int(left.state.unanswered))
        }
        isLost = left.state.isUnsettled || left.state.unanswered == .max
    }

    /// Whether something is still to be told to this client.
    var awaitsAnswers: Bool { wantsFlush || (acknowledges && records > notedRecords) || !ledger.isSettled }

    /// Bytes of a line that has no end yet.
    var heldBytes: Int { framer.heldBytes }

    /// Takes what was read; of a line without an end, no more than `mostHeld` bytes are kept.
    func process(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int, mostHeld: Int, with processor: inout RecordProcessor
    ) {
        framer.mostHeld = mostHeld
        let isFirst = !sawLine
        slot?.noteRead(endsAmidLine: bytes.last != 0x0A, isUnsettled: isFirst)
        if _slowPath(resumption != nil) {
            resume(bytes, slack: slack, with: &processor)
        } else {
            feed(bytes, slack: slack, counted: true, with: &processor)
        }
        if isFirst { slot?.note(state) }
        guard let left = bytesLeft else { return }
        bytesLeft = left - bytes.count
        if left <= bytes.count { setReading(false) }
    }

    private func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int, counted: Bool, with processor: inout RecordProcessor
    ) {
        // Out of the object for the length of the loop: one exclusivity check a read, not one a line.
        var made = 0
        var least = Severity.critical
        framer.feed(bytes, slack: slack) { line, lost in
            switch processor.process(line, lost: lost, from: source.value) {
            case .record(let severity):
                made += 1
                least = min(least, severity)
            case .control:
                if counted { records += made }
                made = 0
                answer(ControlRequest(line: line))
            }
            sawLine = true
        }
        guard counted else { return }
        records += made
        leastUnnoted = min(leastUnnoted, least)
    }

    /// Takes a read part by part until the client has answered the hello.
    private func resume(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int, with processor: inout RecordProcessor
    ) {
        var rest = bytes[...]
        while var resumption, !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let part = UnsafeBufferPointer(rebasing: rest[..<end])
            rest = rest[end...]
            let verdict = resumption.judge(part, isContinued: framer.holdsPartialLine)
            self.resumption = verdict == .answered ? nil : resumption
            switch verdict {
            case .skipped: break
            case .answered: noteUnanswered()
            case .answeredEarlier:
                noteUnanswered()
                doubt()
            case .torn: processor.counters.count(.torn)
            case .uncounted: feed(part, slack: slack + rest.count, counted: false, with: &processor)
            }
        }
        let slice = UnsafeBufferPointer(rebasing: rest)
        if !slice.isEmpty { feed(slice, slack: slack, counted: true, with: &processor) }
    }

    func finishLine(with processor: inout RecordProcessor) {
        if resumption?.isTorn == true { processor.counters.count(.torn) }
        let isCounted = resumption == nil
        framer.finish { line, lost in
            switch processor.process(line, lost: lost, from: source.value) {
            case .record(let severity):
                guard isCounted else { return }
                records += 1
                leastUnnoted = min(leastUnnoted, severity)
            case .control: answer(ControlRequest(line: line))
            }
        }
    }

    private func answer(_ request: ControlRequest) {
        switch request {
        case .hello(let number, let service, let wantsAcknowledgements):
            if saidHello { return replies.append(.error("a second hello")) }
            if sawLine { return replies.append(.error("hello must be the first line")) }
            guard number == ControlRequest.protocolNumber else {
                return replies.append(.error("protocol \(number) is not spoken here, only 1"))
            }
            if let service, !source.value.setService(service) {
                return replies.append(
                    .error("uid \(source.value.peer.uid) may not use the service name '\(service)'"))
            }
            saidHello = true
            acknowledges = wantsAcknowledgements
            replies.append(.hello)
        case .flush:
            wantsFlush = true
            ledger.noteFlush(at: records)
        case .unknown(let reason): replies.append(.error(reason))
        }
    }

    /// Remembers what the records so far wait for. Those of ERROR and above are safe without their text lines
    /// (contract section 3), which wait for more company.
    func noteRecords(needed: SafetyProgress, safeWithoutText: Severity) {
        if wantsFlush { ledger.noteFlushes(needed: needed) }
        guard records > notedRecords, acknowledges || wantsFlush else { return }
        var needed = needed
        if leastUnnoted >= safeWithoutText, !wantsFlush { needed.text = 0 }
        ledger.note(count: records, needed: needed)
        notedRecords = records
        leastUnnoted = .critical
    }

    func settle(_ progress: SafetyProgress) {
        replies += ledger.settle(progress, acknowledges: acknowledges)
        wantsFlush = ledger.waitsForFlush
        send()
        closeIfDone()
    }

    /// Writes what there is to answer. Not while the processor is in use: a client that is gone makes the
    /// connection end within this call, and its last line comes to the processor.
    func send() {
        guard !replies.isEmpty else { return }
        var out = OutputBuffer()
        for reply in replies { reply.append(to: &out) }
        replies.removeAll()
        var buffer = channel.allocator.buffer(capacity: out.count)
        buffer.writeBytes(UnsafeRawBufferPointer(out.bytes))
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// The client has written its last; it may still wait for answers.
    func inputClosed() {
        inputIsClosed = true
        closeIfDone()
    }

    private func closeIfDone() {
        guard inputIsClosed, !awaitsAnswers else { return }
        // systemd has the descriptor too, and lets go of it a little later.
        if slot != nil { socket.shut(SHUT_RDWR) }
        channel.close(promise: nil)
    }

    /// Reading stops while the disk is behind, and for a client that doesn't read its answers.
    func setReading(_ on: Bool) {
        reads = on && bytesLeft ?? 1 > 0
        applyReading()
    }

    /// Also where the client has read of its answers.
    func applyReading() {
        channel.setOption(.autoRead, value: reads && channel.isWritable).whenFailure { _ in }
    }

    /// Lets the client write no more; what the kernel holds of it is read to its end.
    func stopClient() {
        reads = true
        applyReading()
        socket.shut(SHUT_RD)
    }
}

/// Beyond the process (contract section 3, `resumed`; section 7, restart).
extension Connection {
    var isKept: Bool { slot != nil }

    /// Whether the next daemon finds everything as it should be.
    var isReadyToHandOver: Bool { isKept && (bytesLeft ?? 0) <= 0 && !awaitsAnswers }

    private var state: ConnectionState {
        ConnectionState(
            service: source.value.serviceName, sawLine: sawLine, saidHello: saidHello,
            acknowledges: acknowledges, endsAmidLine: framer.holdsPartialLine || resumption?.isTorn == true,
            isUnsettled: !sawLine && framer.holdsPartialLine, unanswered: unanswered)
    }

    private var unanswered: UInt8 { UInt8(clamping: resumption?.unanswered ?? 0) }
    private func noteUnanswered() { slot?.note(unanswered: unanswered) }

    /// Lets it outlive the process; false where there is no room.
    func keep(by keeper: ConnectionKeeper) -> Bool {
        socket.withDescriptor { slot = keeper.keep($0, state) }
        return isKept
    }

    func release(by keeper: ConnectionKeeper) {
        if let slot { keeper.release(slot) }
        slot = nil
    }

    /// Greets a client that was there before this daemon.
    func greet() {
        if resumption != nil {
            resumption?.greet(bytesBefore: socket.bytesWaiting)
            // First, so that a daemon that dies here leaves one too many rather than one too few.
            noteUnanswered()
            replies.append(.resumed)
            send()
        }
        // What it sent is read; then it sees that it must begin anew.
        if isLost { stopClient() }
    }

    /// Looks later whether the answers that are still to come have come. A daemon that died right beside its hello, or
    /// its client's answer, leaves one that never comes; a client that answers several hellos at once owes one. Such a
    /// connection is ended, so that its client begins anew; one that hasn't read its hellos yet has its time.
    private func doubt() {
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: .seconds(3)) {
            let connection = bound.value
            guard connection.resumption != nil, connection.bytesLeft == nil, connection.channel.isActive
            else { return }
            if connection.socket.isReadOut { connection.stopClient() } else { connection.doubt() }
        }
    }

    /// Reads what is there now and no more: the rest is for the next daemon.
    func readWhatIsThere() {
        let waiting = socket.bytesWaiting
        bytesLeft = waiting
        setReading(waiting > 0)
    }

    /// Leaves it to the next daemon, with the line that has begun.
    func handOver() {
        isHandedOver = true
        var state = state
        state.isUnsettled = false
        state.halfLine = framer.halfLine
        if state.halfLine != nil { state.endsAmidLine = false }
        slot?.note(state)
    }
}
