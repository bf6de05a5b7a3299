package import LogModel

/// Which rows of the error store are asked for; everything that is set must hold.
package struct StoreQuery: Sendable {
    package var unresolvedOnly = false
    package var service: String?
    package var minimumLevel: Severity?
    /// The first moment that counts.
    package var since: Timestamp?
    /// The first moment that doesn't count any more.
    package var until: Timestamp?
    package var traceID: String?
    package var fingerprint: String?
    /// Only rows written after the one with this `row`, for following what comes in.
    package var after: Int64?
    /// How many rows at most; the newest are taken. nil for all.
    package var limit: Int?
    /// A condition that the database can't work out, such as a regular expression; asked last.
    package var matches: (@Sendable (StoredRecord) -> Bool)?

    package init() {}
}

/// One row of `error_logs`.
package struct StoredRecord: Sendable, Equatable {
    /// The column `id`.
    package var row: Int64
    /// What was logged; `record.id` is the column `event_id`, absent in rows that an older system wrote.
    package var record: LogRecord
    package var createdAt: Timestamp?
    package var resolved: Timestamp?
    package var resolutionNote: String?

    package init(
        row: Int64, record: LogRecord, createdAt: Timestamp? = nil, resolved: Timestamp? = nil,
        resolutionNote: String? = nil
    ) {
        self.row = row
        self.record = record
        self.createdAt = createdAt
        self.resolved = resolved
        self.resolutionNote = resolutionNote
    }
}

/// How an operator names a row (`hantu logs show ID`).
package struct RecordReference: Sendable, Equatable {
    /// The row's number, where the text can be one.
    package let row: Int64?
    /// The beginning of the event's UUID, 4 to 36 characters in lower case with hyphens, where the text can be one.
    package let eventPrefix: String?

    /// Reads a row number, a UUID, or a UUID's first four or more hex digits; nil where the text is none of them.
    package init?(_ text: some StringProtocol) {
        row = text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
        var prefix: [UInt8] = []
        for byte in text.lowercased().utf8 where byte != UInt8(ascii: "-") {
            guard hexValue(byte) != nil, prefix.count < 36 else {
                prefix.removeAll()
                break
            }
            if [8, 13, 18, 23].contains(prefix.count) { prefix.append(UInt8(ascii: "-")) }
            prefix.append(byte)
        }
        eventPrefix = prefix.count >= 4 ? String(decoding: prefix, as: UTF8.self) : nil
        if row == nil, eventPrefix == nil { return nil }
    }
}

/// What a reference led to. Where it is a row's number and a UUID's beginning at once, the number goes first.
package enum RecordLookup: Sendable, Equatable {
    case found(StoredRecord)
    case missing
    /// Several events begin so; some of them.
    case ambiguous([EventID])
}
