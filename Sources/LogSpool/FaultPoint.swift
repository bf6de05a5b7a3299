internal import Glibc

/// A step at which something has just become, or is about to become, durable.
///
/// Tests end the process at each of them, or take a copy of the disk there; docs/fault-points.md says what must
/// hold afterwards.
package enum FaultPoint: String, CaseIterable, Sendable {
    case appendBeforeCommit = "spool.append.before-commit"
    case appendAfterCommit = "spool.append.after-commit"
    case advanceBeforeCommit = "spool.advance.before-commit"
    case advanceAfterCommit = "spool.advance.after-commit"
    case replayBeforeCommit = "spool.replay.before-commit"
    case replayAfterCommit = "spool.replay.after-commit"
    case reserveGivenUp = "spool.reserve.given-up"
    case damagedSetAside = "spool.damaged.set-aside"
    case damagedSalvaged = "spool.damaged.salvaged"
    case storeMigrated = "store.migrated"
    case storeBatchSent = "store.batch.sent"
    case storePartWritten = "store.part.written"
    case drainDelivered = "drain.delivered.before-advance"
    case alertsTaken = "alerts.taken.before-commit"
    case alertsSending = "alerts.sending.before-request"
    case alertsSentBeforeCommit = "alerts.sent.before-commit"
    case alertsSentAfterCommit = "alerts.sent.after-commit"
    case migrateFileCopied = "migrate.file.copied"
    case migrateCopied = "migrate.copied"
    case migrateVerified = "migrate.verified"
    case migrateNamed = "migrate.named"
    case migrateFileDeleted = "migrate.file.deleted"
    case migrateDeleted = "migrate.deleted"
    case migrateFoldersMade = "migrate.folders.made"
    case rollbackFileCopied = "rollback.file.copied"
    case rollbackFileRestored = "rollback.file.restored"
}

/// What happens at the fault points: nothing, but for a process that was told to die at one of them.
package struct FaultPoints: Sendable {
    private let action: (@Sendable (FaultPoint) -> Void)?

    /// Nothing ever happens.
    package static let none = FaultPoints(action: nil)

    /// Calls `action` at each point.
    package init(_ action: @escaping @Sendable (FaultPoint) -> Void) { self.action = action }

    /// Kills the process (SIGKILL) at the point of this name; nil where there is none of that name.
    ///
    /// The composition root passes the value of `HANTU_LOGD_FAULT`.
    package init?(killingAt name: String) {
        guard let fatal = FaultPoint(rawValue: name) else { return nil }
        action = { point in if point == fatal { kill(getpid(), SIGKILL) } }
    }

    private init(action: (@Sendable (FaultPoint) -> Void)?) { self.action = action }

    @inline(__always)
    package func reach(_ point: FaultPoint) { action?(point) }
}
