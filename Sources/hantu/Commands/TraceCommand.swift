import ArgumentParser
import LogModel

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
    @OptionGroup var paging: PagingOptions

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
        var search = TraceSearch(session: session, traceID: traceID)
        search.read()
        let entries = search.timeline.entries()
        if let problem = search.storeProblem { Report.warning("에러 저장소를 읽을 수 없습니다: \(problem)") }
        session.page(paging, common)
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
        search.problems.report()
        if entries.isEmpty { Report.information("trace_id \(traceID) 의 기록이 없습니다") }
        if entries.isEmpty || !search.problems.unreadable.isEmpty { throw ExitCode(1) }
    }
}
