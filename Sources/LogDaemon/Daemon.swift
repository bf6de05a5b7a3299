import Glibc
package import LogConfiguration
import LogModel
import LogPipeline
import LogSinks
import LogSpool
import Logging
import NIOCore
import UnixSignals

/// The daemon: puts the parts together, runs until it is told to stop, and brings everything to its end.
package struct Daemon: Sendable {
    private let loaded: Configuration
    private let reload: @Sendable () throws -> Configuration
    private let environment = processEnvironment()
    private let clock = SystemClock()
    private let log = Logger(label: "hantu-logd") { _ in DaemonLog() }

    /// `reload` reads the configuration anew, for SIGHUP.
    package init(_ configuration: Configuration, reload: @escaping @Sendable () throws -> Configuration) {
        loaded = configuration
        self.reload = reload
    }

    /// Runs until SIGTERM or SIGINT.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.keepFreedChunks()
        // Before anything else, so that no signal finds the default handlers.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let zone = try loadZone(loaded)
        let checked = try makeProcessor(loaded, zone)
        // The socket comes first: it keeps a second daemon away from the first one's spool.
        let socket = try openSocket()
        if let warning = socket.warning { log.warning("\(warning)") }
        let counters = DaemonCounters()
        let health = Health(clock: clock) { [log] state, conditions in
            let text = ([state.rawValue] + conditions.map(\.message)).joined(separator: "; ")
            log.notice("state: \(text)")
            ServiceManager.status(text)
        }
        let events = PartEvents(health: health, log: log, counters: counters)
        let parts = try makeParts(zone, events)
        let intake = try await IntakeServer(
            configuration: loaded.intake, socket: socket, clock: clock, outlets: parts.outlets,
            processor: checked, refused: { counters.refuseConnection() })
        log.info("hantu-logd \(LogModel.version) is listening on \(socket.ownPath ?? "systemd's socket")")
        ServiceManager.ready(status: health.current.state.rawValue)
        ProcessMemory.forgetTheStart()

        var configuration = loaded
        loop: for await signal in signals {
            guard signal == .sighup else { break loop }
            configuration = await reloaded(configuration, intake, parts)
            ServiceManager.ready(status: health.current.state.rawValue)
        }
        ServiceManager.stopping()
        log.info("stopping")
        let cut = try await intake.stop(within: .seconds(10))
        if cut > 0 { log.warning("\(cut) connections didn't end in time") }
        await parts.stop()
        try await intake.shutdown()
        log.info("stopped")
    }

    private func loadZone(_ configuration: Configuration) throws(StartError) -> ZoneRules {
        do throws(ZoneUnavailable) {
            return try ZoneLoader(environment: environment).load(configuration.files.timeZone)
        } catch { throw .zone(error) }
    }

    /// A maker of processors for this configuration, which is known to be good.
    private func makeProcessor(
        _ configuration: Configuration, _ zone: ZoneRules
    ) throws(StartError) -> @Sendable () -> RecordProcessor {
        let settings = ProcessorSettings.make(
            configuration, zone: zone, hasSpool: Spooling.isNeeded(by: loaded))
        let masking = configuration.masking
        do throws(MaskingError) { _ = try Masker(masking) } catch { throw .masking(error) }
        let clock = clock
        return { RecordProcessor(settings, masker: try! Masker(masking), clock: clock) }
    }

    private func openSocket() throws(StartError) -> ListeningSocket {
        if let passed = ListeningSocket.fromSystemd() { return passed }
        do throws(ListeningSocketError) {
            return try ListeningSocket.bind(loaded.intake)
        } catch { throw .socket(error) }
    }

    private func makeParts(_ zone: ZoneRules, _ events: PartEvents) throws(StartError) -> DaemonParts {
        do throws(SpoolError) {
            return try DaemonParts(
                loaded, zone: zone, clock: clock, environment: environment, events: events, log: log)
        } catch { throw .spool(error) }
    }

    /// Reads the configuration again and applies what can change live; a bad one changes nothing (contract section 9).
    private func reloaded(
        _ old: Configuration, _ intake: IntakeServer, _ parts: DaemonParts
    ) async -> Configuration {
        ServiceManager.reloading(monotonicMicroseconds: clock.monotonicNanoseconds() / 1000)
        let new: Configuration
        do {
            let read = try reload()
            let changes = ConfigurationChanges(from: old, to: read)
            // What needs a restart keeps its value until then.
            new = ConfigurationSchema.live(of: read, over: old)
            let zone = try loadZone(old)
            let make = try makeProcessor(new, zone)
            try await intake.onLoop { $0.replaceProcessor(make()) }
            try await intake.onLoop { $0.maximumConnections = new.intake.maximumConnections }
            await parts.apply(new, zone: zone)
            log.notice(
                "configuration read again; changed: \(changes.live.isEmpty ? "nothing" : changes.live.joined(separator: ", "))"
            )
            if new.alerts.isConfigured, !Spooling.isNeeded(by: loaded) {
                log.warning("alerts need a restart: there is no spool, since nothing needed it at the start")
            }
            if !changes.needingRestart.isEmpty {
                log.warning("these need a restart: \(changes.needingRestart.joined(separator: ", "))")
            }
        } catch {
            log.error("the configuration has faults, so the one in force stays: \(error)")
            return old
        }
        return new
    }
}
