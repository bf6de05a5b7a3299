import LogConfiguration
import LogModel
import LogSinks
import LogStore

/// Looks for one trace in text files, error files and the error store, and reads nothing of them beside it.
struct TraceSearch {
    let session: Session
    let traceID: String
    private(set) var timeline = TraceTimeline()
    private(set) var problems = ReadProblems()
    /// Why the store couldn't be read; the files have the last days in any case.
    private(set) var storeProblem: String?

    init(session: Session, traceID: String) {
        self.session = session
        self.traceID = traceID
    }

    mutating func read() {
        readText()
        readErrors()
        readStore()
    }

    private mutating func readText() {
        let zone = session.zone
        let traceID = traceID
        var found: [LogRecord] = []
        forEachFile(.text, needle: "\(traceID))") { line in
            guard let parts = TextLine(line, zone: zone), let id = parts.traceID,
                parts.bytes(id).elementsEqual(traceID.utf8)
            else { return }
            found.append(
                LogRecord(
                    timestamp: parts.time, level: parts.level,
                    logger: String(decoding: parts.bytes(parts.logger), as: UTF8.self),
                    message: String(decoding: parts.bytes(parts.message), as: UTF8.self),
                    traceID: traceID, succeeded: parts.succeeded))
        }
        for record in found { timeline.add(text: record) }
    }

    private mutating func readErrors() {
        let traceID = traceID
        var filter = ErrorLineFilter(query: RecordQuery(), zone: session.zone)
        var found: [LogRecord] = []
        forEachFile(.errors, needle: "\(traceID)\"") { line in
            guard let record = filter.record(line), record.traceID == traceID else { return }
            found.append(record)
        }
        for record in found { timeline.add(error: record) }
    }

    private mutating func readStore() {
        guard session.configuration.store.enabled, let store = try? session.store(.read) else { return }
        var query = StoreQuery()
        query.traceID = traceID
        do throws(StoreError) {
            for row in try store.records(matching: query) { timeline.add(row) }
        } catch {
            if case .absent = error { return }
            storeProblem = "\(error)"
        }
    }

    /// The needle is the id's end: what stands before it is in every line, and would slow the search down.
    private mutating func forEachFile(
        _ kind: DailyFileKind, needle: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let lines = FileSearch(needles: [Array(needle.utf8)])
        let log = DailyLog(
            directory: session.configuration.files.directory, kind: kind, zone: session.zone)
        do throws(PlainFile.Failure) {
            for file in try log.files() { lines.forEach(in: log.path(of: file), &problems, body) }
        } catch {
            problems.unreadable.append("\(log.path): \(error.reason)")
        }
    }
}
