import Glibc
import LogModel
import LogPipeline
import NIOCore

/// One client: its half-read line, who it is, and what it was told.
final class Connection {
    private var framer: LineFramer
    private var source: LineSource
    private let channel: any Channel
    private var ledger = AcknowledgementLedger()

    /// Lines that made a record.
    private var records = 0
    private var notedRecords = 0
    /// Least severity among the records not noted yet.
    private var leastUnnoted = Severity.critical
    private var sawLine = false
    private var saidHello = false
    private var acknowledges = false
    private(set) var wantsFlush = false
    private var replies: [ControlReply] = []
    private var inputIsClosed = false
    private var reads = true

    init(channel: any Channel, peer: PeerCredentials, allowance: ServiceAllowance?, lineLimit: Int) {
        self.channel = channel
        framer = LineFramer(limit: lineLimit)
        source = LineSource(peer: peer, allowance: allowance)
    }

    /// Whether something is still to be told to this client.
    var awaitsAnswers: Bool { wantsFlush || (acknowledges && records > notedRecords) || !ledger.isSettled }

    func process(_ bytes: UnsafeBufferPointer<UInt8>, slack: Int, with processor: inout RecordProcessor) {
        // Out of the object for the length of the loop: one exclusivity check a read, not one a line.
        var made = 0
        var least = Severity.critical
        framer.feed(bytes, slack: slack) { line, lost in
            switch processor.process(line, lost: lost, from: source) {
            case .record(let severity):
                made += 1
                least = min(least, severity)
            case .control:
                records += made
                made = 0
                answer(ControlRequest(line: line))
            }
            sawLine = true
        }
        records += made
        leastUnnoted = min(leastUnnoted, least)
    }

    func finishLine(with processor: inout RecordProcessor) {
        framer.finish { line, lost in
            switch processor.process(line, lost: lost, from: source) {
            case .record(let severity):
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
            if let service, !source.setService(service) {
                return replies.append(
                    .error("uid \(source.peer.uid) may not use the service name '\(service)'"))
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
        if inputIsClosed, !awaitsAnswers { channel.close(promise: nil) }
    }

    /// Reading stops while the disk is behind, and for a client that doesn't read its answers.
    func setReading(_ on: Bool) {
        reads = on
        applyReading()
    }

    func writabilityChanged() { applyReading() }

    private func applyReading() {
        channel.setOption(.autoRead, value: reads && channel.isWritable).whenFailure { _ in }
    }

    /// Lets the client write no more; what the kernel holds of it is read to its end.
    func stopClient() {
        reads = true
        applyReading()
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            _ = shutdown($0, CInt(SHUT_RD))
        }
    }
}
