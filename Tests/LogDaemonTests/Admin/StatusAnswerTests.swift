import Foundation
import LogConfiguration
import LogModel
import LogTesting
import Testing

@testable import LogDaemon
@testable import LogPipeline
@testable import LogSinks
@testable import LogSpool

/// The answers of `/v1/status` that the command line's transcripts begin with, in Tests/CLITranscripts/daemon.
struct StatusAnswerTests {
    private let clock = ManualClock(seconds: 1_769_914_800)
    private let health: Health
    private let vitals: DaemonVitals

    init() throws {
        health = Health(clock: clock) { _, _ in }
        let zone = try ZoneLoader(environment: [:]).load("Asia/Seoul")
        vitals = DaemonVitals(health: health, counters: DaemonCounters(), clock: clock, zone: zone)
    }

    @Test func `a daemon that starts`() throws {
        clock.advance(seconds: 2)
        try check("starting", StatusReport(vitals, isRunning: false))
    }

    @Test func `a daemon that is well`() throws {
        clock.advance(seconds: 3 * 86400 + 4 * 3600)
        var report = StatusReport(vitals, isRunning: true)
        report.intake = intake([2, 1000, 30, 4, 1])
        report.intake?.connections = 2
        report.spool = spool(store: output(.store), alerts: output(.alerts))
        report.store = StatusReport.Store(status: delivery(.idle))
        report.journalQueuedBytes = 0
        report.alerts = AlertStatus(chats: [chat("-100123", AlertCounts(held: 37, messages: 3))])
        try check("ready", report)
    }

    @Test func `a daemon in trouble`() throws {
        clock.advance(seconds: 60)
        health.raise(.partial, "store", "unreachable: connection refused")
        clock.advance(seconds: 65)
        health.raise(.critical, "text", "info_20260201.log: \u{1b}[31mPermission denied")
        vitals.counters.drop("text", "to_stderr", 12)
        vitals.counters.drop("live", "slow_reader", 3)
        vitals.counters.refuseConnection()
        clock.advance(seconds: 10)
        var report = StatusReport(vitals, isRunning: true)
        report.intake = intake([0, 0, 0, 270, 0])
        report.intake?.counters.damaged[PipelineCounters.Damage.decode.rawValue] = 7
        report.queuedFileBytes = 3 << 20
        let began = Timestamp(seconds: 1_769_914_860)
        report.spool = spool(
            store: output(.store, waiting: 250, oldest: began, overflowed: 5, parked: 20),
            alerts: output(.alerts, waiting: 3, oldest: began))
        var status = delivery(.waitingToRetry, waiting: 250, parked: 20)
        (status.failures, status.lastFailure, status.failingSince) = (4, "connection refused", began)
        status.isUnreachable = true
        report.store = StatusReport.Store(status: status, isStale: true)
        report.journalQueuedBytes = 2048
        report.alerts = AlertStatus(
            chats: [
                chat("1", AlertCounts(messages: 5)),
                chat("2", AlertCounts(retries: 1, refusals: 2), problem: "401 Unauthorized", outstanding: 3),
            ], waiting: 3)
        try check("troubled", report)
    }

    @Test func `a daemon whose outputs are off`() throws {
        clock.advance(seconds: 7)
        try check("off", StatusReport(vitals, isRunning: true))
    }

    /// Holds the answer against the file; writes it there instead, where that is asked for.
    private func check(_ name: String, _ report: StatusReport) throws {
        var report = report
        report.pid = 4711
        let answer = String(decoding: report.json.line, as: UTF8.self)
            .replacing("\"version\":\"\(LogModel.version)\"", with: "\"version\":\"VERSION\"")
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../CLITranscripts/daemon/status-\(name).json").standardized
        if ProcessInfo.processInfo.environment["HANTU_WRITE_TRANSCRIPTS"] != nil {
            try answer.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try answer == String(contentsOf: file, encoding: .utf8))
    }

    // MARK: What the parts say

    private func intake(_ records: [UInt64]) -> StatusReport.Intake {
        StatusReport.Intake(services: ServiceTotals(byService: ["scheduler": records]))
    }

    private func spool(store: SpoolStatistics.Output, alerts: SpoolStatistics.Output) -> SpoolStatistics {
        SpoolStatistics(outputs: [store, alerts], bytes: 4_200_000, reserveHeld: true, setAside: [])
    }

    private func output(
        _ output: OutputSet, waiting: Int = 0, oldest: Timestamp? = nil, overflowed: Int = 0, parked: Int = 0
    ) -> SpoolStatistics.Output {
        SpoolStatistics.Output(
            output: output, waiting: waiting, oldest: oldest, overflowed: overflowed, damaged: 0,
            parked: parked)
    }

    private func delivery(
        _ phase: DeliveryStatus.Phase, waiting: Int = 0, parked: Int = 0
    ) -> DeliveryStatus {
        DeliveryStatus(phase: phase, waiting: waiting, parked: parked, failures: 0, isUnreachable: false)
    }

    private func chat(
        _ chat: String, _ counts: AlertCounts, problem: String? = nil, outstanding: Int = 0
    ) -> AlertStatus.Chat {
        AlertStatus.Chat(chat: chat, counts: counts, outstanding: outstanding, problem: problem)
    }
}
