import LogModel
import LogSinks
import LogPipeline
import NIOHTTP1
import Synchronization

/// Answers what the admin interface is asked, from the first moment of the daemon's life to the last.
final class AdminService: Sendable {
    /// What somebody wants of the live stream.
    struct LiveWish: Sendable, Equatable {
        var minimumLevel: Severity
        var service: String?
    }

    typealias PublishLive = @Sendable (RecordChunk, _ skipped: [Int]) -> Void

    private let vitals: DaemonVitals
    /// nil until the daemon runs.
    private let running = Mutex<RunningDaemon?>(nil)
    private let livePublisher = Mutex<PublishLive?>(nil)

    init(vitals: DaemonVitals) { self.vitals = vitals }

    /// The daemon runs from now on.
    func attach(_ daemon: RunningDaemon) {
        running.withLock { $0 = daemon }
        if let publish = livePublisher.withLock({ $0 }) { daemon.publishLive(publish) }
    }

    /// Where the live stream's records go.
    func publishLive(_ publish: @escaping PublishLive) {
        livePublisher.withLock { $0 = publish }
        running.withLock { $0 }?.publishLive(publish)
    }

    /// The daemon, when it runs within a moment: who asks just as it starts needn't ask again.
    @discardableResult
    func runningDaemon() async -> RunningDaemon? {
        for _ in 0..<200 {
            if let daemon = running.withLock({ $0 }) { return daemon }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return running.withLock { $0 }
    }

    /// Answers a request that may have this route.
    func answer(_ request: AdminRequest, _ route: AdminRoute) async -> AdminReply {
        let daemon = route == .health ? nil : await runningDaemon()
        switch route {
        case .health: return .json(.object([("status", .text("ok"))]))
        case .readiness: return readiness(isRunning: daemon != nil)
        case .status: return .json(await report(daemon).json)
        case .metrics:
            return AdminReply(
                status: .ok, contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: MetricsPage.text(await report(daemon), vitals))
        case .page:
            return AdminReply(
                status: .ok, contentType: "text/html; charset=utf-8", headers: StatusPage.headers,
                body: StatusPage.html(await report(daemon)))
        case .live: return AdminReply(status: .ok, contentType: "application/x-ndjson", body: [])
        case .flush, .reload, .parked, .replay, .testAlerts:
            guard let daemon else { return .refusal(.unavailable("the daemon is starting")) }
            return await operate(daemon, request, route)
        }
    }

    private func operate(
        _ daemon: RunningDaemon, _ request: AdminRequest, _ route: AdminRoute
    ) async -> AdminReply {
        switch route {
        case .flush:
            let report = await daemon.flush()
            return .json(report.json, status: report.isComplete ? .ok : .serviceUnavailable)
        case .reload:
            switch await daemon.reload() {
            case .applied(let changes): return .json(changes.json)
            case .refused(let faults):
                return .json(
                    .object([
                        ("error", .text("the configuration has faults, so the one in force stays")),
                        ("faults", .list(faults.map { .text($0) })),
                    ]), status: .unprocessableEntity)
            }
        case .parked: return await parked(daemon, request)
        case .replay:
            switch await daemon.replayParked() {
            case .success(let count): return .json(.object([("replayed", .number(count))]))
            case .failure(let refusal): return .refusal(refusal)
            }
        case .testAlerts:
            guard let results = await daemon.testAlerts() else {
                return .refusal(.conflict("alerts are not configured"))
            }
            return .json(
                .object([
                    ("ok", .flag(results.allSatisfy(\.succeeded))), ("chats", .list(results.map(\.json))),
                ]))
        default: return .refusal(.notFound)
        }
    }

    private func parked(_ daemon: RunningDaemon, _ request: AdminRequest) async -> AdminReply {
        let after = request.query["after"].map { Int64($0) } ?? 0
        let limit = request.query["limit"].map { Int($0) } ?? ParkedPage.limit
        guard let after, let limit, after >= 0, (1...ParkedPage.limit).contains(limit) else {
            return .refusal(.badRequest("'after' is a number, 'limit' is 1 to \(ParkedPage.limit)"))
        }
        switch await daemon.parked(after: after, limit: limit) {
        case .success(let page): return .json(page.json(zone: vitals.zone))
        case .failure(let refusal): return .refusal(refusal)
        }
    }

    private func readiness(isRunning: Bool) -> AdminReply {
        let state = isRunning ? vitals.health.current.state.rawValue : "STARTING"
        let isReady = isRunning && vitals.health.current.state.isReady
        return .json(
            .object([("ready", .flag(isReady)), ("state", .text(state))]),
            status: isReady ? .ok : .serviceUnavailable)
    }

    private func report(_ daemon: RunningDaemon?) async -> StatusReport {
        var report = StatusReport(vitals, isRunning: daemon != nil)
        await daemon?.fill(&report)
        return report
    }

    // MARK: The live stream

    /// What the request wants to listen to.
    func liveWish(_ request: AdminRequest) -> Result<LiveWish, AdminRefusal> {
        guard running.withLock({ $0 }) != nil else {
            return .failure(.unavailable("the daemon is starting"))
        }
        let level = request.query["level"] ?? "DEBUG"
        guard let least = Severity(name: level) else {
            return .failure(
                .badRequest("'\(level)' is no level; use DEBUG, INFO, WARNING, ERROR or CRITICAL"))
        }
        let service = request.query["service"].flatMap { $0.isEmpty ? nil : $0 }
        return .success(LiveWish(minimumLevel: least, service: service))
    }

    /// Tells the intake who listens; calls `done` when it knows, or won't ever.
    func listen(
        _ listeners: [LiveTap.Listener], _ gate: LiveGate, done: @escaping @Sendable () -> Void
    ) {
        guard let daemon = running.withLock({ $0 }) else { return done() }
        daemon.listen(listeners, gate, done: done)
    }

    func missedLive(_ records: Int) { vitals.counters.drop("live", "slow_reader", records) }
}

extension DaemonState {
    /// Whether the daemon is of use in this state (contract section 7, `/readyz`).
    var isReady: Bool {
        switch self {
        case .stopping, .emergency, .critical: false
        case .partial, .degraded, .warning, .ready: true
        }
    }
}
