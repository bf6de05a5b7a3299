import LogModel
import LogStore

/// Brings what text files, error files and error store have of one trace together: each record once, in order.
///
/// An error stands in all three. Rows and lines of error files are the same by their id; a text line is the same
/// record when second, level, logger and text agree, and each stands for one record only.
struct TraceTimeline {
    private var lines: [TraceEntry] = []
    private var errors: [TraceEntry] = []
    private var byID: [EventID: Int] = [:]

    init() {}

    /// Takes a text line, in the order of the files.
    mutating func add(text record: LogRecord) { lines.append(TraceEntry(text: record)) }

    /// Takes a line of an error file.
    mutating func add(error record: LogRecord) {
        if let id = record.id {
            // Sent again after a crash it may stand there twice.
            guard byID[id] == nil else { return }
            byID[id] = errors.count
        }
        errors.append(TraceEntry(error: record))
    }

    /// Takes a row of the error store.
    mutating func add(_ row: StoredRecord) {
        let index: Int
        if let id = row.record.id, let known = byID[id] {
            index = known
        } else {
            var entry = TraceEntry(error: row.record)
            entry.places = []
            index = errors.count
            if let id = row.record.id { byID[id] = index }
            errors.append(entry)
        }
        errors[index].places.insert(.store)
        errors[index].row = row.row
        errors[index].resolved = row.resolved
    }

    /// The records in order, with their offsets from the first.
    ///
    /// Text lines keep the order in which they were written; one that is known to the second only is no earlier
    /// than the one before it in the same second.
    func entries() -> [TraceEntry] {
        var unmatched: [Key: [Int]] = [:]
        for (index, entry) in errors.enumerated().reversed() {
            unmatched[Key(entry.record, isEscaped: false), default: []].append(index)
        }
        var used = Set<Int>()
        var all = lines.map { line in
            let key = Key(line.record, isEscaped: true)
            guard let index = unmatched[key]?.popLast() else { return line }
            used.insert(index)
            var entry = errors[index]
            entry.places.insert(.text)
            return entry
        }
        all += errors.enumerated().filter { !used.contains($0.offset) }.map(\.element)
        let order = all.enumerated().sorted { left, right in
            let (a, b) = (left.element.record.timestamp.seconds, right.element.record.timestamp.seconds)
            return (a, left.offset) < (b, right.offset)
        }
        return TraceTimeline.timed(order.map(\.element))
    }

    private static func timed(_ entries: [TraceEntry]) -> [TraceEntry] {
        var entries = entries
        guard let first = entries.first.map({ milliseconds($0.record.timestamp) }) else { return [] }
        for index in entries.indices {
            let time = milliseconds(entries[index].record.timestamp)
            var offset = time - first
            if index > 0, entries[index].isCoarse,
                entries[index].record.timestamp.seconds == entries[index - 1].record.timestamp.seconds
            {
                offset = max(offset, entries[index - 1].offset)
            }
            entries[index].offset = max(0, offset)
        }
        return entries
    }

    private static func milliseconds(_ time: Timestamp) -> Int64 {
        time.seconds * 1000 + Int64(time.nanoseconds / 1_000_000)
    }

    /// What a text line and its record have in common.
    private struct Key: Hashable {
        var second: Int64
        var level: Severity
        var logger: String
        var message: String

        init(_ record: LogRecord, isEscaped: Bool) {
            second = record.timestamp.seconds
            level = record.level
            logger = isEscaped ? record.logger : Key.escaped(record.logger)
            message = isEscaped ? record.message : Key.escaped(record.message)
        }

        private static func escaped(_ text: String) -> String {
            var out = OutputBuffer(capacity: text.utf8.count)
            TerminalText.append(text, to: &out)
            return String(decoding: out.bytes, as: UTF8.self)
        }
    }
}
