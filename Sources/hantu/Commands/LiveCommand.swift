import ArgumentParser
import LogModel

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Shows every record as the daemon takes it, of all levels, until interrupted.",
        discussion: """
            With --json, each line is an object as in the error files. Where this command is too slow, it says
            how many records it missed ({"hantu":{"dropped":N}}).

              hantu logs live --service scheduler
              hantu logs live --level WARNING --json
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Only records of this service.")
    var service: String?

    @Option(help: "The least level: DEBUG, INFO, WARNING, ERROR or CRITICAL.", transform: parseLevel)
    var level: Severity?

    func run() throws {
        let session = try common.session()
        var client = session.admin
        client.patience = 0
        var query: [String] = []
        if let service { query.append("service=" + queryEncoded(service)) }
        if let level { query.append("level=\(level)") }
        let target = "/v1/live" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let output = Output()
        Output.endQuietlyOnInterrupt()
        var lines = LineAssembler()
        var refusal: String?
        var sawRecord = false
        let status: Int
        do throws(AdminFailure) {
            status = try client.exchange("GET", target) { bytes in
                var run = OutputBuffer(capacity: bytes.count)
                bytes.withUnsafeBufferPointer { run.append($0) }
                lines.take(run.bytes) { line in
                    if let reason = refusalReason(line) {
                        refusal = reason
                    } else {
                        sawRecord = true
                        show(line, session, output)
                    }
                }
                output.flush()
            }
        } catch { throw session.report(error) }
        if status != 200 { Report.failure(refusal ?? "HTTP \(status)") }
        if status == 200 { Report.information("데몬이 연결을 끝냈습니다") }
        if status != 200 || !sawRecord { throw ExitCode(1) }
    }

    /// The reason in an answer that is no stream.
    private func refusalReason(_ line: UnsafeBufferPointer<UInt8>) -> String? {
        guard line.starts(with: "{\"error\":".utf8) else { return nil }
        return JSONValue(Array(line))?["error"]?.text
    }

    private func show(_ line: UnsafeBufferPointer<UInt8>, _ session: Session, _ output: Output) {
        output.append { out in
            if common.json {
                TerminalText.append(json: line, to: &out)
                out.append("\n")
            } else if let record = LogRecord(wireBytes: line) {
                RecordBlock.append(record, zone: session.zone, style: session.style, to: &out)
            } else if let missed = JSONValue(Array(line))?["hantu"]?["dropped"]?.integer {
                out.append(text: "⭕ \(missed)건을 놓쳤습니다\n")
            }
        }
    }
}
