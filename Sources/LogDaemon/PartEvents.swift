import Glibc
import LogModel
import LogSinks
import LogSpool
import LogStore
import Logging
import NIOCore

/// What the parts tell, turned into the daemon's state and its own log (contract section 7).
struct PartEvents: Sendable {
    let health: Health
    let log: Logger
    let counters: DaemonCounters
    let alerts = SystemAlertRelay()

    /// Lines that can't be written to their file go to stderr, where journald picks them up.
    func unwritten(_ kind: DailyFileKind, _ lines: UnsafeBufferPointer<UInt8>) {
        for line in lines.split(separator: 0x0A) {
            StandardError.write(
                line: UnsafeBufferPointer(rebasing: line), priority: kind == .errors ? 3 : 6)
        }
    }

    /// Clients can't be let in, or can again.
    func accepting(_ failure: IOError?) {
        guard let failure else { return health.clear(.degraded, "intake") }
        let reason = String(cString: strerror(failure.errnoCode))
        health.raise(.degraded, "intake", "no client can be let in, they wait: \(reason)")
    }

    /// There is no room for half-read lines, or there is again.
    func halfLines(_ budget: HalfLineBudget) {
        guard budget.isShort else { return health.clear(.warning, "intake") }
        health.raise(
            .warning, "intake",
            "half-read lines hold \(budget.most >> 20) MiB; those that get longer are cut at "
                + "\(HalfLineBudget.short >> 10) KiB")
    }

    func files(_ event: DailyFileEvent) {
        switch event {
        case .failing(let kind, let error, _):
            health.raise(.critical, kind.outputName, "\(kind.outputName) can't be written: \(error)")
            alerts.raise(.fileFailing(kind, reason: "\(error)"))
        case .diskFull(let kind, _):
            health.raise(.emergency, kind.outputName, "the disk is full: \(kind.outputName) can't be written")
            alerts.raise(.diskFull(kind))
        case .recovered(let kind):
            health.clear(.critical, kind.outputName)
            health.clear(.emergency, kind.outputName)
            log.notice("\(kind.outputName) can be written again")
        case .toStandardError(let kind, let records, let kept):
            counters.drop(kind.outputName, "to_stderr", records - kept)
        case .backlogDropped(let kind, let records): counters.drop(kind.outputName, "backlog_full", records)
        case .tornLine(let kind, let day):
            log.notice(
                "\(kind.outputName) of \(day.compact) ended in half a line; it has a line of its own now")
        case .replaced(let kind, let day):
            log.notice("\(kind.outputName) of \(day.compact) was removed or replaced; a new file was begun")
        }
    }

    func retention(_ event: RetentionEvent) {
        switch event {
        case .deleted(let name, let bytes): log.info("deleted \(name) (\(bytes) bytes)")
        case .compressed(let name, let before, let after):
            log.info("compressed \(name): \(before) to \(after) bytes")
        case .failed(let path, let error): log.warning("\(path): \(error)")
        }
    }

    func journal(_ event: JournalEvent) {
        switch event {
        case .dropped(let reason, let records):
            counters.drop("journal", reason.rawValue, records)
            if reason == .queueFull {
                health.raise(.warning, "journal", "journald is too slow; records are left out there")
            }
        case .caughtUp: health.clear(.warning, "journal")
        case .toStandardError(let records): counters.drop("journal", "to_stderr", records)
        case .failing(let error):
            health.raise(.degraded, "journal", "journald: \(error); records go to stderr")
        case .recovered: health.clear(.degraded, "journal")
        case .undecodable: counters.drop("journal", "undecodable", 1)
        }
    }

    func store(_ event: StoreEvent) {
        switch event {
        case .setAside(let path, let reason):
            log.critical("the error store was damaged (\(reason)); it lies at \(path), a new one was begun")
        case .replaced(let path): log.warning("\(path) was removed or replaced; it was opened anew")
        case .migrated(let missing):
            log.notice("the error store's table is up to date; added: \(missing.joined(separator: ", "))")
        case .incomplete(let message): log.warning("the error store: \(message)")
        case .cut(let values): counters.drop("store", "value_cut", values)
        }
    }

    func storeRetention(_ outcome: StoreRetention.Outcome) {
        switch outcome {
        case .deleted(let rows): log.info("deleted \(rows) rows past store.retention from the error store")
        case .failed(let reason): log.warning("the error store's retention: \(reason)")
        }
    }

    func spoolOpened(_ recovery: SpoolRecovery) {
        guard case .setAside(let damaged) = recovery else { return }
        let lost = damaged.lostRecords.map { "\($0)" } ?? "an unknown number"
        let message =
            "the spool was damaged (\(damaged.reason)); it lies at \(damaged.name), "
            + "\(damaged.salvagedRecords) records were taken over, \(lost) lost"
        log.critical("\(message)")
        counters.drop("spool", "spool_damaged", damaged.lostRecords ?? 0)
        health.raise(.degraded, "spool", message)
        alerts.raise(
            .spoolDamaged(
                file: damaged.name, reason: damaged.reason, salvaged: damaged.salvagedRecords,
                lost: damaged.lostRecords))
    }

    func spoolFailed(_ error: SpoolError) {
        health.raise(error == .full ? .emergency : .critical, "spool", "\(error)")
        alerts.raise(error == .full ? .spoolDiskFull : .spoolFailing(reason: "\(error)"))
    }

    func spoolRecovered() {
        health.clear(.emergency, "spool")
        health.clear(.critical, "spool")
        log.notice("the spool works again")
    }

    func delivery(_ output: String, _ event: DeliveryEvent) {
        switch event {
        case .delivered: break
        case .failed(_, let reason): health.raise(.partial, output, reason)
        case .unreachable(let reason, let waiting):
            let message = "\(reason); \(waiting) records are parked until it is back"
            log.critical("\(output): \(message)")
            health.raise(.partial, output, message)
            alerts.raise(.storeUnreachable(reason: reason, waiting: waiting))
        case .recovered(let wasUnreachable, let waiting):
            health.clear(.partial, output)
            if wasUnreachable { log.notice("\(output) is back; \(waiting) records follow") }
            // Whoever was told that it is gone, also by a daemon before this one, is told that it is back.
            alerts.raise(.storeBack(waiting: waiting))
        case .parked(let sequence, let reason):
            log.warning("\(output): record \(sequence) is parked: \(reason)")
        case .warns(let warnings):
            if warnings.isEmpty {
                health.clear(.warning, output)
            } else {
                health.raise(.warning, output, warnings.text)
            }
        case .spoolFailed(let reason): health.raise(.critical, "spool", reason)
        case .dropped(let records):
            log.warning(
                "\(output): the spool is full; \(records) of the oldest of the lowest level were dropped")
        }
    }
}

extension PartEvents {
    func alerts(_ event: AlertEvent) {
        switch event {
        case .failing(let reason): health.raise(.warning, "telegram", reason)
        case .recovered: health.clear(.warning, "telegram")
        case .refused(let chat, let reason):
            log.error("Telegram refused a message to chat \(chat), and it doesn't go again: \(reason)")
        case .moved(let chat, let new):
            log.warning("Telegram chat \(chat) has become \(new): put that into alerts.telegram.chat_ids")
        case .forgotten(let chat, let records):
            log.notice(
                "Telegram chat \(chat) isn't told any more; \(records) records were not told there yet")
            counters.drop("telegram", "chat_removed", records)
        case .spoolFailed(let reason): health.raise(.critical, "spool", reason)
        case .spoolRecovered: spoolRecovered()
        case .undecodable(let records): counters.drop("telegram", "undecodable", records)
        }
    }
}

extension DeliveryWarnings {
    /// For the daemon's state.
    fileprivate var text: String {
        let all: [(DeliveryWarnings, String)] = [
            (.parked, "records are parked"), (.behind, "more records wait than a batch takes"),
            (.dropped, "the spool was full: records were dropped"),
        ]
        return all.filter { contains($0.0) }.map(\.1).joined(separator: "; ")
    }
}

extension DailyFileKind {
    /// The output's name in state and metrics.
    var outputName: String {
        switch self {
        case .text: "text"
        case .errors: "errors"
        }
    }
}
