/// The spool on the disk.
///
/// `spool.db` in the spool's directory is an SQLite database in WAL mode, synchronous FULL: what was committed
/// survives kill -9 and power loss. What always holds:
///
/// 1. Every record has a number. Numbers rise, leave no gap inside a segment, and are never given twice.
/// 2. A record is in `segment` until every output that it is for has passed it, or it was parked for that output
///    in the commit that passed it, or it was dropped and counted in that commit.
/// 3. An output's cursor (`next`) never goes back.
/// 4. Every row is guarded by a checksum, and the ledger's numbers follow from the rows.
///
/// `segment`: what one commit brought, cut at 256 KiB; a row costs the same for one record as for a hundred.
///
///     first      number of its first record
///     count      how many numbers it takes
///     bytes      length of `records`
///     outputs    OutputSet of all its records together
///     levels     bit 1 << Severity.rawValue for each severity in it
///     stored_at  Unix milliseconds
///     checksum   `SegmentHeader.checksum`
///     records    frames as RecordChunk.swift describes them. A record that was dropped from the middle leaves an
///                empty frame without outputs behind, so that the others keep their numbers. From 64 KiB on it is
///                where they lie in another file (`SegmentFiles.Place`); version 3 had no such files
///
/// `ledger`: one row, see `Ledger.text`. `parked`: one row for each record that its output refused.
/// `damaged`: rows whose checksum was wrong, the last 16, for whoever wants to look.
/// `alert`: what the alerts' policy remembers of each chat, named texts with a checksum each (`AlertRow`). They are
/// written in the commit that moves the alerts' cursor, so that a record is either behind the cursor or in them.
/// Version 1 had no such table.
/// `owed`: lines that a daily file refused and must still get (`OwedLines`), written before their records are
/// acknowledged and gone when the file has them. Version 2 had no such table.
///
/// Beside it: `spool.db-wal` (SQLite's, bounded by the checkpoints), `spool.db-records-N` (`SegmentFiles`),
/// `reserve` (`Reserve`), `sequence` (`SequenceMark`), and `spool.db.damaged-TIME` (a spool that was set aside). There is no `-shm`: the lock is exclusive.
enum SpoolFormat {
    static let fileName = "spool.db"
    /// Stored as `user_version`; a change of the tables or their meaning raises it.
    static let version: Int64 = 4
    /// Stored as `application_id`: "hntu".
    static let applicationID: Int64 = 0x686E_7475
    static let pageSize = 16_384

    /// Run at every opening, in this order. Page size: measured over 4, 16, 32 and 64 KiB, 16 KiB costs least; a
    /// single record's commit isn't quicker with 4.
    static let pragmas: [(name: String, value: String)] = [
        ("page_size", "\(pageSize)"),
        ("locking_mode", "exclusive"),
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("cell_size_check", "1"),
        ("temp_store", "2"),
        ("cache_size", "-512"),
        // 4 MiB of WAL before it is copied into the database, and cut down to that after a larger commit.
        ("wal_autocheckpoint", "\(4_194_304 / pageSize)"),
        ("journal_size_limit", "8388608"),
    ]

    /// Run instead, where a damaged database is read. A writable schema makes SQLite read a file that is shorter
    /// than its header says.
    static let salvagePragmas: [(name: String, value: String)] = [
        ("locking_mode", "exclusive"), ("writable_schema", "1"), ("temp_store", "2"), ("cache_size", "-1024"),
    ]

    /// What makes the next version of one; each leaves every record where it is.
    static let migrations: [Int64: [String]] = [1: [tables["alert"]!], 2: [tables["owed"]!], 3: []]

    /// The tables by name, as `sqlite_master` must show them.
    static let tables: [String: String] = [
        "segment": """
        CREATE TABLE segment (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL, \
        outputs INTEGER NOT NULL, levels INTEGER NOT NULL, stored_at INTEGER NOT NULL, \
        checksum INTEGER NOT NULL, records BLOB NOT NULL)
        """,
        "ledger": """
        CREATE TABLE ledger (id INTEGER PRIMARY KEY, state TEXT NOT NULL, checksum INTEGER NOT NULL)
        """,
        "parked": """
        CREATE TABLE parked (number INTEGER PRIMARY KEY, output INTEGER NOT NULL, sequence INTEGER NOT NULL, \
        level INTEGER NOT NULL, attempts INTEGER NOT NULL, parked_at INTEGER NOT NULL, reason TEXT NOT NULL, \
        checksum INTEGER NOT NULL, record BLOB NOT NULL)
        """,
        "damaged": """
        CREATE TABLE damaged (first INTEGER PRIMARY KEY, found_at INTEGER NOT NULL, records BLOB)
        """,
        "alert": """
        CREATE TABLE alert (chat TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, \
        checksum INTEGER NOT NULL, PRIMARY KEY (chat, name)) WITHOUT ROWID
        """,
        "owed": """
        CREATE TABLE owed (number INTEGER PRIMARY KEY, day INTEGER NOT NULL, lines BLOB NOT NULL, \
        checksum INTEGER NOT NULL)
        """,
    ]
}
