import LogModel

/// One record of a trace, from all places that have it.
struct TraceEntry {
    /// Where a record was found.
    enum Place: String, CaseIterable {
        case text, error, store
    }

    var record: LogRecord
    var places: Set<Place>
    /// Whether its time is known to the second only.
    var isCoarse: Bool
    /// The row's number in the error store, and whether it was resolved.
    var row: Int64?
    var resolved: Timestamp?
    /// Milliseconds since the trace's first record.
    var offset: Int64 = 0

    /// A line of a text file; its fields are as escaped as they stand there.
    init(text record: LogRecord) {
        self.record = record
        places = [.text]
        isCoarse = true
    }

    /// A line of an error file.
    init(error record: LogRecord) {
        self.record = record
        places = [.error]
        isCoarse = false
    }
}
