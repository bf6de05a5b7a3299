package import LogModel

/// The table `error_logs` (contract section 5), whatever database holds it.
///
/// Every call blocks until the database has answered; it belongs on a thread that may wait. A store connects at
/// the first call that needs it, and again after a failure. Every store passes `ErrorStoreContract` of LogTesting.
package protocol ErrorStore: Sendable {
    /// Connects, and makes the table or brings it up to date where the store may; else only looks at it.
    func prepare() throws(StoreError)

    /// Writes these records durably. A record whose `id` is there already is left as it is, so that sending a
    /// batch again does no harm; a record without one is always new.
    func insert(_ records: [LogRecord]) throws(StoreError) -> InsertCount

    /// The newest rows that match, at most `query.limit`, the oldest of them first.
    func records(matching query: StoreQuery) throws(StoreError) -> [StoredRecord]

    /// The row that this names.
    func find(_ reference: RecordReference) throws(StoreError) -> RecordLookup

    /// Marks rows as resolved now. Rows that are resolved already keep their time and note.
    func resolve(_ rows: [Int64], note: String?) throws(StoreError) -> ChangeCount

    /// Marks rows as unresolved, and forgets the note.
    func reopen(_ rows: [Int64]) throws(StoreError) -> ChangeCount

    /// Of these fingerprints those of which rows were resolved, each with the time of the earliest such row: what is
    /// unresolved and newer has come back. Rows of the doctor's probe don't count: those it resolves itself.
    func firstResolved(of fingerprints: Set<String>) throws(StoreError) -> [String: Timestamp]

    /// Counts of the rows since this moment (all without one), most first; by hour the earliest first.
    func statistics(
        since: Timestamp?, by grouping: StoreGrouping, zone: ZoneRules
    ) throws(StoreError) -> [StoreGroup]

    /// Deletes rows whose time, and whose time of writing, is before this, the oldest first and at most `limit`;
    /// says how many there were.
    func delete(before: Timestamp, limit: Int) throws(StoreError) -> Int

    /// How many rows there are.
    func count() throws(StoreError) -> Int
}

/// What became of the records of one batch.
package struct InsertCount: Sendable, Equatable {
    package var new: Int
    /// Those that were there already.
    package var duplicate: Int

    package init(new: Int, duplicate: Int) {
        self.new = new
        self.duplicate = duplicate
    }
}

/// What became of the rows that were to be resolved or reopened.
package struct ChangeCount: Sendable, Equatable {
    package var changed: [Int64] = []
    /// Those that were as wanted already.
    package var unchanged: [Int64] = []
    /// Those that are not there.
    package var missing: [Int64] = []

    package init(changed: [Int64] = [], unchanged: [Int64] = [], missing: [Int64] = []) {
        self.changed = changed
        self.unchanged = unchanged
        self.missing = missing
    }
}

/// What a store did on its own that operators should know.
package enum StoreEvent: Sendable, Equatable {
    /// The embedded store was damaged; it was renamed to `path`, and a new one begun.
    case setAside(path: String, reason: String)
    /// The embedded store's file was removed or replaced under the running daemon; it was opened anew.
    case replaced(path: String)
    /// The table was made, or an existing one was changed: what it lacked.
    case migrated([String])
    /// The table works, but lacks something that only a migration would add.
    case incomplete(String)
    /// Values were longer than their column, and were cut.
    case cut(values: Int)
}
