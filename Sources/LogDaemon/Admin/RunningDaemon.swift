import LogModel
import LogPipeline
import LogSinks
import LogSpool
import Synchronization

extension AlertTestResult {
    var json: JSONNode {
        .object([("chat", .text(chat)), ("delivered", .flag(succeeded)), ("answer", .text(text))])
    }
}

/// The daemon as it is operated: what the admin interface may ask of its parts.
final class RunningDaemon: Sendable {
    private let intake: IntakeServer
    private let parts: DaemonParts
    private let reloading: Reloading
    private let vitals: DaemonVitals
    private let lastStore = Mutex<DeliveryStatus?>(nil)

    init(
        intake: IntakeServer, parts: DaemonParts, reloading: Reloading, vitals: DaemonVitals
    ) {
        self.intake = intake
        self.parts = parts
        self.reloading = reloading
        self.vitals = vitals
    }

    func reload() async -> Reloading.Outcome { await reloading.reload() }

    /// Sends a test message to each chat; nil where alerts are not configured.
    func testAlerts() async -> [AlertTestResult]? {
        let results = await parts.spooling?.alerts.sendTest() ?? []
        return results.isEmpty ? nil : results
    }

    // MARK: The live stream

    func publishLive(_ publish: @escaping AdminService.PublishLive) {
        Task { try? await intake.onLoop { $0.publishLive = publish } }
    }

    func listen(_ listeners: [LiveTap.Listener], _ gate: LiveGate, done: @escaping @Sendable () -> Void) {
        Task {
            try? await intake.onLoop { $0.listen(listeners, through: gate) }
            done()
        }
    }

    // MARK: Status

    /// Adds what only a running daemon has.
    func fill(_ report: inout StatusReport) async {
        report.intake = try? await intake.onLoop { loop in
            StatusReport.Intake(
                connections: loop.connectionCount, counters: loop.processor.counters,
                services: loop.processor.services.snapshot)
        }
        report.queuedFileBytes = parts.queuedFileBytes
        report.journalQueuedBytes = parts.journalQueuedBytes
        guard let spooling = parts.spooling else { return }
        // The spool's lock may be held while the disk works.
        report.spool = await Detached.run { spooling.statistics() }
        report.alerts = await within(.milliseconds(500)) { await spooling.alerts.status() }
        let known = await within(.milliseconds(500)) { await spooling.storeStatus() } ?? nil
        if let known { lastStore.withLock { $0 = known } }
        if let status = known ?? lastStore.withLock({ $0 }) {
            report.store = StatusReport.Store(status: status, isStale: known == nil)
        }
    }

    // MARK: Flush

    /// Hands everything on to where it belongs, as far as 10 s allow.
    func flush() async -> FlushReport {
        var report = FlushReport()
        try? await intake.onLoop { $0.handOffEverything() }
        report.files = await within(.seconds(5)) { [parts] in await parts.flushFiles() } != nil
        guard let spooling = parts.spooling else { return report }
        report.spool = await committed(spooling, until: vitals.clock.monotonicNanoseconds() + 5_000_000_000)
        report.store =
            await within(.seconds(11)) { await spooling.flushStore(within: .seconds(10)) } ?? .expired
        return report
    }

    /// Waits until the spool has what the intake handed over.
    private func committed(_ spooling: Spooling, until deadline: UInt64) async -> Bool {
        while true {
            try? await intake.onLoop { $0.handOffEverything() }
            spooling.writer.hurry()
            if spooling.writer.waitingBytes == 0 { return true }
            guard vitals.clock.monotonicNanoseconds() < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: Parked records

    func parked(after number: Int64, limit: Int) async -> Result<ParkedPage, AdminRefusal> {
        guard let spooling = parts.spooling else { return .success(ParkedPage()) }
        return await Detached.run {
            do throws(SpoolError) { return .success(try spooling.parked(after: number, limit: limit)) } catch
            {
                return .failure(.unavailable("the spool: \(error)"))
            }
        }
    }

    /// Sends all parked records on their way again; returns how many.
    func replayParked() async -> Result<Int, AdminRefusal> {
        guard let spooling = parts.spooling else { return .success(0) }
        let replayed: Result<Int, AdminRefusal> = await Detached.run {
            do throws(SpoolError) { return .success(try spooling.replayParked()) } catch {
                return .failure(.unavailable("the spool: \(error)"))
            }
        }
        spooling.wake()
        return replayed
    }
}

/// What a flush did.
struct FlushReport: Sendable, Equatable {
    /// Whether the text and error lines are in their files.
    var files = false
    /// Whether the records are committed; nil without a spool.
    var spool: Bool?
    /// nil without a store.
    var store: FlushOutcome?

    var isComplete: Bool { files && spool != false && (store ?? .drained) == .drained }

    var json: JSONNode {
        let store: JSONNode =
            switch store {
            case nil: .null
            case .drained: .text("delivered")
            case .expired: .text("still at it after 10 s")
            case .failed(let reason): .text(reason)
            }
        return .object([
            ("complete", .flag(isComplete)), ("files", .text(files ? "written" : "still at it after 5 s")),
            ("spool", spool.map { .text($0 ? "committed" : "still at it after 5 s") } ?? .null),
            ("store", store),
        ])
    }
}
