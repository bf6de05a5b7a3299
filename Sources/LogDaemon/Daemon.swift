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
    /// How many the process may have open.
    private let descriptors = ConnectionLimit.raiseDescriptors()
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
        ProcessMemory.forgetTheStart()
        // Before anything else, so that no signal finds the default handlers.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let zone = try loadZone(loaded)
        let checked = try makeProcessor(loaded, zone)
        let counters = DaemonCounters()
        let health = Health(clock: clock) { [log] state, conditions in
            let text = ([state.rawValue] + conditions.map(\.message)).joined(separator: "; ")
            log.notice("state: \(text)")
            // That it stops was told.
            if state != .stopping { ServiceManager.status(Health.text(state, conditions)) }
        }
        let vitals = DaemonVitals(health: health, counters: counters, clock: clock, zone: zone)
        // Whoever sees the intake's socket finds the admin interface there too.
        let admin = await Administration(loaded.admin, vitals: vitals, log: log)
        do {
            try await serve(zone, checked, vitals, admin, signals)
        } catch {
            await admin.stop()
            throw error
        }
    }

    private func serve(
        _ zone: ZoneRules, _ checked: @escaping @Sendable () -> RecordProcessor, _ vitals: DaemonVitals,
        _ admin: Administration, _ signals: UnixSignalsSequence
    ) async throws {
        let (health, counters) = (vitals.health, vitals.counters)
        // The socket comes first: it keeps a second daemon away from the first one's spool.
        ServiceManager.starting("opening the spool and the sockets")
        let socket = try openSocket()
        if let warning = socket.warning { log.warning("\(warning)") }
        warnOfUnknownUsers(loaded)
        let events = PartEvents(health: health, log: log, counters: counters)
        let parts = try makeParts(zone, events, vitals.timings)
        let intake = try await IntakeServer(
            configuration: loaded.intake, limit: connectionLimit(loaded), socket: socket, clock: clock,
            outlets: parts.outlets,
            processor: checked, storeCapacity: DescriptorStore.capacity(environment: environment),
            refused: { counters.refuseConnection() }, accepting: { events.accepting($0) },
            halfLines: { events.halfLines($0) })
        let reloading = reloading(intake, parts, health)
        admin.attach(
            RunningDaemon(intake: intake, parts: parts, reloading: reloading, vitals: vitals))
        log.info("hantu-logd \(LogModel.version) is listening on \(socket.ownPath ?? "systemd's socket")")
        ServiceManager.ready(status: health.text)
        events.alerts.raise(.started(version: LogModel.version))
        if let limit = ServiceManager.watchdogMicroseconds {
            intake.startHeartbeat(through: parts.stations, every: .microseconds(Int64(limit / 4)))
        }
        ProcessMemory.forgetTheStart()

        for await signal in signals {
            guard signal == .sighup else { break }
            // Beside the loop: a stop doesn't wait for it.
            Task { await reloading.reload() }
        }
        ServiceManager.stopping()
        log.info("stopping")
        events.alerts.raise(.stopping)
        health.raise(.stopping, "daemon", "the daemon is stopping")
        let cut = try await intake.stop(within: .seconds(10))
        if cut > 0 { log.warning("\(cut) connections didn't end in time") }
        await parts.stop()
        await admin.stop()
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

    private func warnOfUnknownUsers(_ configuration: Configuration) {
        for user in ServiceAllowances(configuration.intake.allow).unknownUsers {
            log.warning("intake.allow: there is no user '\(user)' on this host")
        }
    }

    private func connectionLimit(_ configuration: Configuration) -> ConnectionLimit {
        let configured = configuration.intake.maximumConnections
        let limit = ConnectionLimit(configured: configured, descriptors: descriptors)
        if limit.connections < configured {
            log.warning("\(limit.connections) connections instead of \(configured): \(limit.reason)")
        }
        return limit
    }

    private func openSocket() throws(StartError) -> ListeningSocket {
        if let passed = ListeningSocket.fromSystemd() { return passed }
        do throws(ListeningSocketError) {
            return try ListeningSocket.bind(loaded.intake)
        } catch { throw .socket(error) }
    }

    private func makeParts(
        _ zone: ZoneRules, _ events: PartEvents, _ timings: Timings
    ) throws(StartError) -> DaemonParts {
        do throws(SpoolError) {
            return try DaemonParts(
                loaded, zone: zone, clock: clock, environment: environment, events: events, timings: timings,
                log: log)
        } catch { throw .spool(error) }
    }

    /// What applies a configuration to the running parts (contract section 9).
    private func reloading(_ intake: IntakeServer, _ parts: DaemonParts, _ health: Health) -> Reloading {
        Reloading(loaded, log: log, read: reload) { [self] new in
            ServiceManager.reloading(monotonicMicroseconds: clock.monotonicNanoseconds() / 1000)
            defer { ServiceManager.ready(status: health.text) }
            // The zone needs a restart.
            let zone = try loadZone(loaded)
            let make = try makeProcessor(new, zone)
            let limit = connectionLimit(new)
            try await intake.onLoop {
                $0.replaceProcessor(make())
                $0.limit = limit
                $0.allowances = ServiceAllowances(new.intake.allow)
            }
            warnOfUnknownUsers(new)
            if new.alerts.isConfigured, parts.spooling == nil {
                log.warning("alerts need a restart: there is no spool, since nothing needed it at the start")
            }
            await parts.apply(new, zone: zone)
        }
    }
}
