package import LogModel
import Synchronization

/// The error store in a Postgres database: the contract's table, or an existing one that was adopted.
///
/// One connection, made by the first call that needs it and again after a failure. Every call ends in time
/// (`PostgresPatience`), also when the server hangs. Nothing depends on the session's settings but its search path,
/// and no statement outlives its round trip, so that pgbouncer may stand between.
package final class PostgresStore: ErrorStore {
    package typealias Access = EmbeddedStore.Access

    /// Places of a write at which tests end the process.
    package enum Step: Sendable {
        /// The table was made or changed, and nothing was written yet.
        case migrated
        /// A batch is on its way to the server, and no answer is known.
        case batchSent
        /// A part of a batch that was refused as a whole is in.
        case partWritten
    }

    let access: Access
    /// Whether the table may be made and changed; else it is only checked.
    let migrates: Bool
    let time: PostgresTime
    let clock: any Clock
    private let link: PostgresLink
    let report: @Sendable (StoreEvent) -> Void
    let reach: @Sendable (Step) -> Void
    private let state = Mutex(State())

    private struct State {
        var connection: PostgresConnection?
        /// What the table looked like when it was looked at last.
        var table: PostgresTable?

        mutating func use<Answer>(
            _ link: PostgresLink, _ body: (PostgresConnection) throws(PostgresFailure) -> Answer
        ) throws(PostgresFailure) -> Answer {
            do throws(PostgresFailure) {
                let connection: PostgresConnection
                if let known = self.connection { connection = known } else { connection = try link.connect() }
                self.connection = connection
                return try body(connection)
            } catch {
                // A statement that failed by itself leaves the connection as good as before.
                if error.endsConnection {
                    connection?.close()
                    connection = nil
                }
                throw error
            }
        }
    }

    /// A store at this URL; nothing is opened yet. `zone` is what columns without a zone are in. `report` and
    /// `reach` are called on the thread of the call.
    package init(
        url: StoreURL, access: Access, migrates: Bool = true, zone: ZoneRules, clock: any Clock,
        patience: PostgresPatience? = nil, report: @escaping @Sendable (StoreEvent) -> Void = { _ in },
        reach: @escaping @Sendable (Step) -> Void = { _ in }
    ) {
        self.access = access
        self.migrates = migrates && access == .own
        time = PostgresTime(zone: zone)
        self.clock = clock
        self.report = report
        self.reach = reach
        var usual = PostgresPatience()
        // Somebody who waits before a terminal asks questions that take longer than a batch.
        if access != .own { usual.statement = .seconds(60) }
        link = PostgresLink(
            url: url, applicationName: access == .own ? "hantu-logd" : "hantu", patience: patience ?? usual)
    }

    /// Looks at the table anew, and makes or changes it where it may.
    package func prepare() throws(StoreError) {
        state.withLock { $0.table = nil }
        _ = try table()
    }

    /// Ends the connection; the next call makes another.
    package func close() {
        state.withLock { state in
            state.connection?.close()
            state = State()
        }
    }

    /// Runs statements in one round trip and transaction. What fails on the connection ends it.
    func run(
        _ statements: [PostgresStatement], within time: Duration? = nil, sent: () -> Void = {}
    ) throws(PostgresFailure) -> [PostgresResult] {
        try state.withLock { (state) throws(PostgresFailure) in
            try state.use(link) { (connection) throws(PostgresFailure) in
                try link.run(statements, on: connection, within: time, sent: sent)
            }
        }
    }

    /// Gives a COPY its data; returns how many rows were taken.
    func copy(_ command: String, _ data: [UInt8]) throws(PostgresFailure) -> Int {
        try state.withLock { (state) throws(PostgresFailure) in
            try state.use(link) { (connection) throws(PostgresFailure) in
                try link.copy(command, data, on: connection) { reach(.batchSent) }
            }
        }
    }

    /// The same for what is asked only.
    func ask(_ statement: PostgresStatement) throws(StoreError) -> PostgresResult {
        do throws(PostgresFailure) { return try run([statement])[0] } catch { throw forgetting(error) }
    }

    /// What a failure means; the table may have been changed by somebody, so it is looked at anew.
    func forgetting(_ failure: PostgresFailure) -> StoreError {
        state.withLock { $0.table = nil }
        return failure.storeError
    }

    /// The table, looked at where it isn't known, and made or changed where that is allowed.
    func table() throws(StoreError) -> PostgresTable {
        if let known = state.withLock({ $0.table }) { return known }
        let table: PostgresTable
        do throws(PostgresFailure) {
            table = try usable(PostgresInspection.findings(try run(PostgresInspection.statements)))
        } catch {
            throw error.storeError
        }
        state.withLock { $0.table = table }
        return table
    }

    /// How a plan would change what is there; nothing is changed.
    package func plan() throws(StoreError) -> StorePlan {
        do throws(PostgresFailure) {
            let found = PostgresInspection.findings(try run(PostgresInspection.statements))
            let migration = PostgresMigration(from: found.table)
            return StorePlan(
                exists: found.table != nil, missing: migration.missing, statements: migration.statements,
                unusable: PostgresStore.faults(found))
        } catch { throw error.storeError }
    }
}

/// What has to be done to a database before errors can be stored in it.
package struct StorePlan: Sendable, Equatable {
    /// Whether there is a table `error_logs` already.
    package var exists: Bool
    /// What is missing, by name.
    package var missing: [String]
    /// The SQL that makes it.
    package var statements: [String]
    /// Why the table can't be used at all; empty where it can.
    package var unusable: [String]
}
