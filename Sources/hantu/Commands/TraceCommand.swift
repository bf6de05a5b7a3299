import ArgumentParser
import LogConfiguration
import LogModel
import LogSinks
import LogStore

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Shows everything of one trace in order, from text files, error files and the error store.",
        discussion: """
            Each record once, with the milliseconds since the first. Text lines know the second only: their
            offset is the least that it can be. With --json, one object a line.

              hantu logs trace abc12345
              hantu logs trace abc12345 --json | jq .offset_ms
            """)

    @OptionGroup var common: CommonOptions

    @Argument(
        help: "The trace's id: 1 to 64 letters, digits, _ and -.",
        transform: { text in
            let isOne = text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
            guard isOne, (1...64).contains(text.utf8.count) else {
                throw ValidationError("'\(text)' is no trace id; they have 1 to 64 letters, digits, _ and -.")
            }
            return text
        })
    var traceID: String

    func run() throws {
        let session = try common.session()
        var timeline = TraceTimeline()
        var problems = ReadProblems()
        readText(session, &timeline, &problems)
        readErrors(session, &timeline, &problems)
        readStore(session, &timeline)
        let entries = timeline.entries()
        let output = Output()
        if common.json {
            for entry in entries {
                output.append { TraceView.appendJSON(entry, zone: session.zone, to: &$0) }
            }
        } else if !entries.isEmpty {
            output.append { out in
                TraceView.append(
                    entries, traceID: traceID, zone: session.zone, style: session.style, to: &out)
            }
        }
        output.flush()
        problems.report()
        if entries.isEmpty { Report.information("trace_id \(traceID) 의 기록이 없습니다") }
        if entries.isEmpty || !problems.unreadable.isEmpty { throw ExitCode(1) }
    }

    private func readText(
        _ session: Session, _ timeline: inout TraceTimeline, _ problems: inout ReadProblems
    ) {
        let lines = NeedleLines(needle: Array("(trace_id=\(traceID))".utf8))
        forEachFile(.text, session, &problems) { path, problems in
            lines.forEach(in: path, &problems) { line in
                guard let parts = TextLine(line, zone: session.zone), let id = parts.traceID,
                    parts.bytes(id).elementsEqual(traceID.utf8)
                else { return }
                timeline.add(
                    text: LogRecord(
                        timestamp: parts.time, level: parts.level,
                        logger: String(decoding: parts.bytes(parts.logger), as: UTF8.self),
                        message: String(decoding: parts.bytes(parts.message), as: UTF8.self),
                        traceID: traceID, succeeded: parts.succeeded))
            }
        }
    }

    private func readErrors(
        _ session: Session, _ timeline: inout TraceTimeline, _ problems: inout ReadProblems
    ) {
        let lines = NeedleLines(needle: Array("\"trace_id\":\"\(traceID)\"".utf8))
        var filter = ErrorLineFilter(query: RecordQuery(), zone: session.zone)
        forEachFile(.errors, session, &problems) { path, problems in
            lines.forEach(in: path, &problems) { line in
                guard let record = filter.record(line), record.traceID == traceID else { return }
                timeline.add(error: record)
            }
        }
    }

    private func readStore(_ session: Session, _ timeline: inout TraceTimeline) {
        guard session.configuration.store.enabled, let store = try? session.store(.read) else { return }
        var query = StoreQuery()
        query.traceID = traceID
        do throws(StoreError) {
            for row in try store.records(matching: query) { timeline.add(row) }
        } catch {
            // The files have the last days in any case.
            switch error {
            case .absent: break
            default: Report.warning("에러 저장소를 읽을 수 없습니다: \(error)")
            }
        }
    }

    private func forEachFile(
        _ kind: DailyFileKind, _ session: Session, _ problems: inout ReadProblems,
        _ body: (String, inout ReadProblems) -> Void
    ) {
        let log = DailyLog(
            directory: session.configuration.files.directory, kind: kind, zone: session.zone)
        do throws(PlainFile.Failure) {
            for file in try log.files() { body(log.path(of: file), &problems) }
        } catch {
            problems.unreadable.append("\(log.path): \(error.reason)")
        }
    }
}
