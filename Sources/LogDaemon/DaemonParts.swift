import LogConfiguration
import LogModel
import LogSinks
import LogSpool
import LogStore
import Logging

/// Everything that the intake hands records to, built in one place and ended in the order that loses nothing.
final class DaemonParts: Sendable {
    let outlets: Outlets
    private let files: DailyFileWriter
    private let retention: RetentionRunner
    private let journal: JournalSink?
    let spooling: Spooling?
    private let log: Logger

    init(
        _ configuration: Configuration, zone: ZoneRules, clock: any Clock, environment: [String: String],
        events: PartEvents, timings: Timings, log: Logger
    ) throws(SpoolError) {
        self.log = log
        let progress = OutletProgress()
        spooling =
            Spooling.isNeeded(by: configuration)
            ? try Spooling(
                configuration, zone: zone, clock: clock, environment: environment, progress: progress,
                events: events, timings: timings)
            : nil
        let retention = RetentionRunner(
            directory: configuration.files.directory, configuration: configuration.files.retention,
            zone: zone, clock: clock, events: { events.retention($0) })
        self.retention = retention
        files = DailyFileWriter(
            configuration: configuration.files, clock: clock,
            standardError: { kind, lines, _ in events.unwritten(kind, lines) },
            owe: { [spooling] day, lines in spooling?.owe(lines, of: day) },
            reclaim: { retention.reclaim() },
            events: { [spooling] event in
                events.files(event)
                if case .recovered(.errors) = event { spooling?.settleOwed() }
            },
            progress: { progress.filesDone(through: $0) },
            took: { timings.fileWrites.record(nanoseconds: $0) })
        spooling?.payOwed(to: files)
        retention.start(besides: files)
        var submit: (@Sendable (RecordChunk) -> Void)?
        if configuration.journal.enabled == .off {
            journal = nil
        } else {
            let sink = JournalSink(
                configuration: configuration.journal, clock: clock,
                standardError: { line in StandardError.write(prefixed: line) },
                events: { events.journal($0) })
            journal = sink
            submit = { sink.submit($0) }
        }
        outlets = Outlets(
            files: files, spool: spooling?.writer, journal: submit, progress: progress)
    }

    var queuedFileBytes: Int { files.queuedBytes }
    /// nil where journald gets nothing.
    var journalQueuedBytes: Int? { journal?.queuedBytes }

    /// What a record waits for behind the intake, for the watchdog.
    var stations: [Heartbeat.Station] {
        var stations: [Heartbeat.Station] = [{ [files] passed in files.flush { passed() } }]
        if let writer = spooling?.writer { stations.append { writer.call($0) } }
        // Signals and the admin interface are served by Swift's own threads.
        stations.append { passed in Task { passed() } }
        return stations
    }

    /// Waits until everything handed over is in its file; files that fail are tried first.
    func flushFiles() async {
        await withCheckedContinuation { continuation in
            files.flush(retrying: true) { continuation.resume() }
        }
    }

    /// Applies what a reload may change; the rest waits for a restart.
    func apply(_ configuration: Configuration, zone: ZoneRules) async {
        retention.update(configuration.files.retention, zone: zone)
        await spooling?.apply(configuration, zone: zone)
    }

    /// What sends alerts; nil where nothing is configured that needs the spool.
    var alerts: AlertDelivery? { spooling?.alerts }

    /// Writes what is still on its way, once nothing more comes.
    func stop() async {
        if await !files.stop(within: .seconds(20)) {
            log.error("the daily files didn't take everything in time")
        }
        await spooling?.stop(log: log)
        if let journal, await !journal.stop(within: .seconds(2)) {
            log.warning("journald hangs; left behind")
        }
        _ = await retention.stop(within: .seconds(5))
    }
}
