import GRDB
package import LogModel
import Synchronization

/// The error store in one SQLite file, `errors.db`.
///
/// The file is in WAL mode with `synchronous = FULL`: what `insert` returned from survives a power cut, and readers
/// in other processes don't hold the writer up. Files have mode 0640, directories that it makes 0750.
package final class EmbeddedStore: ErrorStore {
    package enum Access: Sendable {
        /// The daemon's: makes the file, migrates, sets a damaged one aside.
        case own
        /// Reads what is there, and leaves no file behind; `StoreError.absent` where there is none.
        case read
        /// Also resolves and reopens; `StoreError.absent` where there is none.
        case change
    }

    let access: Access
    let file: EmbeddedFile
    let clock: any Clock
    /// Seconds that a call waits for another process's lock.
    private let patience: Double
    private let report: @Sendable (StoreEvent) -> Void
    private let state = Mutex(State())

    struct Connection {
        var queue: DatabaseQueue
        var identity: EmbeddedFile.Identity
        /// Opened without locks, since nobody had the store open.
        var isImmutable = false
    }

    private struct State {
        var connection: Connection?
        /// Why the file must be set aside before it is opened again.
        var damage: String?
    }

    /// A store at this path; nothing is opened yet. `report` is called on the thread of the call that met the event.
    /// `patience` is how many seconds a call waits for another process's lock.
    package init(
        path: String, access: Access, clock: any Clock, patience: Double = 2,
        report: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) {
        file = EmbeddedFile(path: path)
        self.access = access
        self.clock = clock
        self.patience = patience
        self.report = report
    }

    package func prepare() throws(StoreError) { _ = try connection() }

    /// Closes the file; the next call opens it again.
    package func close() {
        state.withLock { state in
            try? state.connection?.queue.close()
            state.connection = nil
        }
    }

    /// Runs `body` on the open database, opening it where it isn't, and turns what fails into what it means.
    func withDatabase<Result>(
        writing: Bool = false, _ body: (Database) throws -> Result
    ) throws(StoreError) -> Result {
        if writing, access == .read { throw .misconfigured("\(file.path) was opened for reading only") }
        while true {
            let connection = try connection()
            do {
                let result = try connection.queue.inDatabase(body)
                // Whoever opened the store meanwhile may have changed the file under the read.
                guard connection.isImmutable, !file.isAtRest else { return result }
                close()
            } catch {
                let failure = StoreError(error, path: file.path)
                if connection.isImmutable, !file.isAtRest {
                    close()
                    continue
                }
                forget(after: failure)
                throw failure
            }
        }
    }

    private func forget(after failure: StoreError) {
        switch failure {
        case .rejected: return
        case .damaged(let reason):
            close()
            state.withLock { $0.damage = reason }
        case .unreachable, .misconfigured, .absent: close()
        }
    }

    private func connection() throws(StoreError) -> Connection {
        let (known, damage) = state.withLock { ($0.connection, $0.damage) }
        if let known {
            if try file.identity() == known.identity { return known }
            close()
            if access == .own { report(.replaced(path: file.path)) }
        }
        if access == .own, let damage { try setAside(damage) }
        let opened: Connection
        do {
            opened = try open()
        } catch .damaged(let reason) where access == .own {
            try setAside(reason)
            opened = try open()
        }
        state.withLock { $0 = State(connection: opened) }
        return opened
    }

    private func setAside(_ reason: String) throws(StoreError) {
        let path = try file.setAside(at: clock.now())
        state.withLock { $0.damage = nil }
        report(.setAside(path: path, reason: reason))
    }
}

extension EmbeddedStore {
    private func open() throws(StoreError) -> Connection {
        if access == .own { try file.create() }
        guard let identity = try file.identity() else { throw .absent(file.path) }
        let isImmutable = access == .read && file.isAtRest
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { [access] database in
            try database.execute(sql: "PRAGMA cache_size = -512")
            guard access != .read else { return }
            try database.execute(sql: "PRAGMA journal_size_limit = 4194304")
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            let queue = try DatabaseQueue(
                path: isImmutable ? file.immutableAddress : file.path, configuration: configuration)
            try queue.inDatabase(check)
            return Connection(queue: queue, identity: identity, isImmutable: isImmutable)
        } catch {
            throw StoreError(error, path: file.path)
        }
    }

    /// Brings the database up to date where the store may, and refuses one that it can't work with.
    private func check(_ database: Database) throws {
        if access == .own {
            // GRDB's own setting of WAL would set `synchronous` back to NORMAL.
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            guard mode == "wal", synchronous == 2 else {
                throw StoreError.unreachable("\(file.path): no durable mode (\(mode ?? "none"))")
            }
        }
        let version = try EmbeddedSchema.version(of: database)
        guard version <= EmbeddedSchema.newest else {
            throw StoreError.misconfigured(
                "\(file.path) was made by a newer version (schema \(version), known is \(EmbeddedSchema.newest))"
            )
        }
        if access == .own {
            try EmbeddedSchema.migrate(database, now: clock.now())
        } else if version == 0 {
            throw StoreError.absent(file.path)
        }
    }
}
