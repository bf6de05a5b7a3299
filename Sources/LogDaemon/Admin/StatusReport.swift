import Glibc
import LogModel
import LogPipeline
import LogSinks
import LogSpool

/// How everything stands at one moment (`/v1/status`, `/metrics`, the page).
struct StatusReport: Sendable {
    struct Intake: Sendable {
        var connections = 0
        var counters = PipelineCounters()
        var services = ServiceTotals()
    }

    struct Store: Sendable {
        var status: DeliveryStatus
        /// Whether the store keeps its thread busy, and this is how it stood before.
        var isStale = false
    }

    var pid = getpid()
    var zone: ZoneRules
    var started: Timestamp
    var uptime: Double
    var state: String
    var conditions: [Condition]
    var drops: [DaemonCounters.Drop: Int]
    /// nil without a spool, or where the alerts' thread doesn't answer.
    var alerts: AlertStatus?
    var refusedConnections: Int

    // Known from when the daemon runs.
    var intake: Intake?
    var queuedFileBytes = 0
    var spool: SpoolStatistics?
    var store: Store?
    var journalQueuedBytes: Int?
    var now: Timestamp

    init(_ vitals: DaemonVitals, isRunning: Bool) {
        let (state, conditions) = vitals.health.current
        zone = vitals.zone
        started = vitals.started
        uptime = vitals.uptime
        now = vitals.clock.now()
        self.state = isRunning ? state.rawValue : "STARTING"
        self.conditions = conditions
        drops = vitals.counters.dropped
        refusedConnections = vitals.counters.refusedConnections
    }

    /// What was lost, those in the spool included.
    var allDrops: [DaemonCounters.Drop: Int] {
        var all = drops
        for output in spool?.outputs ?? [] {
            for (reason, count) in [("spool_overflow", output.overflowed), ("spool_damaged", output.damaged)]
            where count > 0 {
                all[DaemonCounters.Drop(output: output.output.metricName, reason: reason), default: 0] +=
                    count
            }
        }
        return all
    }

    var json: JSONNode {
        .object([
            ("version", .text(LogModel.version)), ("pid", .number(Int(pid))),
            ("started", time(started)), ("uptime", .decimal(uptime)), ("state", .text(state)),
            (
                "conditions",
                .list(
                    conditions.map {
                        .object([
                            ("state", .text($0.state.rawValue)), ("output", .text($0.output)),
                            ("since", time($0.since)), ("message", .text($0.message)),
                        ])
                    })
            ),
            ("intake", intakeJSON),
            (
                "outputs",
                .object([
                    ("files", .object([("queued_bytes", .number(queuedFileBytes))])),
                    ("spool", spoolJSON), ("store", storeJSON),
                    (
                        "journal",
                        .object([
                            ("enabled", .flag(journalQueuedBytes != nil)),
                            ("queued_bytes", .number(journalQueuedBytes ?? 0)),
                        ])
                    ),
                    ("alerts", alertsJSON),
                ])
            ),
            ("drops", dropsJSON),
        ])
    }

    private var alertsJSON: JSONNode {
        let chats = alerts?.chats ?? []
        return .object(
            [("enabled", .flag(!chats.isEmpty)), ("waiting", .number(alerts?.waiting ?? 0))]
                + (alerts?.results ?? []).map { ($0.name, .number($0.count)) } + [
                    (
                        "chats",
                        .list(
                            chats.map {
                                .object([
                                    ("chat", .text($0.chat)), ("outstanding", .number($0.outstanding)),
                                    ("problem", .optional($0.problem)),
                                ])
                            })
                    )
                ])
    }

    private var intakeJSON: JSONNode {
        let intake = intake ?? Intake()
        return .object([
            ("connections", .number(intake.connections)), ("refused", .number(refusedConnections)),
            (
                "records",
                .object(
                    Severity.allCases.map { ("\($0)", .number(Int(intake.services.total($0)))) })
            ),
            ("bytes", .number(Int(intake.counters.bytes))),
            (
                "damaged",
                .object(
                    PipelineCounters.Damage.allCases.map {
                        ($0.name, .number(Int(intake.counters.damaged[$0.rawValue])))
                    })
            ),
            ("unrouted", .number(Int(intake.counters.unrouted))),
        ])
    }

    private var spoolJSON: JSONNode {
        guard let spool else { return .object([("enabled", .flag(false))]) }
        func each(_ value: (SpoolStatistics.Output) -> JSONNode) -> JSONNode {
            .object(spool.outputs.map { ($0.output.metricName, value($0)) })
        }
        return .object([
            ("enabled", .flag(true)), ("bytes", .number(spool.bytes)),
            ("records", each { .number($0.waiting) }), ("parked", each { .number($0.parked) }),
            ("oldest", each { $0.oldest.map(time) ?? .null }),
            (
                "oldest_age",
                each { output in output.oldest.map { .decimal(age(of: $0)) } ?? .null }
            ),
            ("reserve_held", .flag(spool.reserveHeld)),
        ])
    }

    private var storeJSON: JSONNode {
        guard let store else { return .object([("enabled", .flag(false))]) }
        return .object([
            ("enabled", .flag(true)), ("phase", .text(store.status.phase.name)),
            ("waiting", .number(store.status.waiting)), ("parked", .number(store.status.parked)),
            ("failures", .number(store.status.failures)),
            ("last_failure", store.status.failures > 0 ? .optional(store.status.lastFailure) : .null),
            ("since", store.status.failingSince.map(time) ?? .null),
            ("unreachable", .flag(store.status.isUnreachable)), ("stale", .flag(store.isStale)),
        ])
    }

    private var dropsJSON: JSONNode {
        let drops = allDrops
        return .object(
            Set(drops.keys.map(\.output)).sorted().map { output in
                let reasons = drops.filter { $0.key.output == output }.sorted {
                    $0.key.reason < $1.key.reason
                }
                return (output, .object(reasons.map { ($0.key.reason, .number($0.value)) }))
            })
    }

    /// Seconds.
    func age(of time: Timestamp) -> Double { max(0, now.secondsSince1970 - time.secondsSince1970) }

    private func time(_ time: Timestamp) -> JSONNode { .text(time.text(zone: zone)) }
}

extension Timestamp {
    /// RFC 3339 in a zone.
    func text(zone: ZoneRules) -> String {
        var out = OutputBuffer()
        TimeText.append(self, zone: zone, to: &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }
}

extension OutputSet {
    /// The output's name in status and metrics.
    var metricName: String {
        switch self {
        case .store: "store"
        case .alerts: "alerts"
        default: "output-\(rawValue)"
        }
    }
}

extension DeliveryStatus.Phase {
    /// The name in the status.
    var name: String {
        switch self {
        case .idle: "idle"
        case .collecting: "collecting"
        case .delivering: "delivering"
        case .waitingToRetry: "waiting_to_retry"
        }
    }
}

extension AlertStatus {
    /// Over all chats, by what became of messages (`sent`, `failed`, `retried`) and of records (`suppressed`: held
    /// back by a cooldown, to be told as a number).
    var results: [(name: String, count: Int)] {
        func sum(_ value: (AlertCounts) -> Int) -> Int { chats.reduce(0) { $0 + value($1.counts) } }
        return [
            ("sent", sum(\.messages)), ("failed", sum(\.refusals)), ("retried", sum(\.retries)),
            ("suppressed", sum(\.held)),
        ]
    }
}
