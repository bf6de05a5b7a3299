import ArgumentParser
import Glibc
import LogModel

struct ParkedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked",
        abstract: "Lists the records that an output refused, sends them again, or saves them.",
        discussion: """
            With --json, and in an exported file, each line is an object with id, output, time, level, reason,
            attempts, and the record. On a terminal --replay shows how many are through, until all are or the store
            doesn't take them; the daemon goes on by itself when that is interrupted.

              hantu logd parked
              hantu logd parked --export parked.jsonl
              hantu logd parked --replay
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var paging: PagingOptions

    @Flag(help: "Send all of them on their way again.")
    var replay = false

    @Option(
        help: ArgumentHelp("Write all of them to this new file, one JSON object a line.", valueName: "file"))
    var export: String?

    func validate() throws {
        if replay && export != nil { throw ValidationError("--replay and --export don't go together.") }
    }

    func run() throws {
        let session = try common.session()
        if replay { return try sendAgain(session) }
        if let export { return try save(session, to: export) }
        session.page(paging, common)
        let output = Output()
        try forEach(session) { parked in
            output.append { out in
                if common.json {
                    parked.raw.withUnsafeBufferPointer { TerminalText.append(json: $0, to: &out) }
                    out.append("\n")
                } else {
                    ParkedView.append(parked.value, zone: session.zone, style: session.style, to: &out)
                }
            }
        }
        output.flush()
        guard output.isEmpty else { return }
        Report.information("보류된 기록이 없습니다")
        throw ExitCode(1)
    }

    private func sendAgain(_ session: Session) throws {
        let count = try session.tell("/v1/parked/replay", json: common.json)["replayed"]?.integer ?? 0
        guard !common.json else { return }
        guard count > 0 else { return Report.information("보류된 기록이 없습니다") }
        Report.success("\(count)건을 다시 보냅니다")
        if isatty(STDERR_FILENO) == 1 { try watch(count, session) }
    }

    /// Shows how they get on; the daemon goes on by itself when this is interrupted.
    private func watch(_ count: Int, _ session: Session) throws {
        var watch = ReplayWatch()
        let progress = Progress("전송", total: count) { "\($0)건" }
        while true {
            let (code, status, _) = try session.ask("GET", "/v1/status")
            guard code == 200 else {
                progress.end()
                Report.failure(status["error"]?.text ?? "HTTP \(code)")
                throw ExitCode(1)
            }
            let step = watch.look(at: status)
            if case .going(let through) = step {
                progress.reach(min(count, through))
                usleep(200_000)
                continue
            }
            progress.end()
            switch step {
            case .going: break
            case .done(parked: 0): Report.success("모두 보냈습니다")
            case .done(let parked): Report.warning("보류된 기록이 \(parked)건 있습니다: hantu logd parked 로 이유를 확인하세요")
            case .stuck(let reason, let waiting):
                Report.warning("저장소가 받지 않아 \(waiting)건이 기다립니다: \(reason)")
            }
            return
        }
    }

    private func save(_ session: Session, to path: String) throws {
        // What was logged is not for everybody's eyes; a file that is there stays.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            Report.failure("\(path): \(String(cString: strerror(errno)))")
            throw ExitCode(1)
        }
        defer { close(descriptor) }
        var count = 0
        var failure: Int32 = 0
        let output = Output { bytes in
            var rest = bytes
            while failure == 0, rest.count > 0 {
                let written = write(descriptor, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                if written < 0 { failure = errno } else { rest = .init(rebasing: rest[written...]) }
            }
        }
        let progress = Progress("저장", total: 0) { "\($0)건" }
        defer { progress.end() }
        try forEach(session) { parked in
            count += 1
            progress.advance(by: 1)
            output.append { out in
                parked.raw.withUnsafeBufferPointer { out.append($0) }
                out.append("\n")
            }
        }
        output.flush()
        if failure == 0, fsync(descriptor) != 0, errno != EINVAL { failure = errno }
        guard failure == 0 else {
            Report.failure("\(path): \(String(cString: strerror(failure)))")
            throw ExitCode(1)
        }
        if common.json {
            session.show(Array("{\"exported\":\(count)}".utf8))
        } else {
            Report.success("\(count)건을 \(path) 에 저장했습니다")
        }
        if count == 0 { throw ExitCode(1) }
    }

    /// Calls `body` with every parked record, a page at a time.
    private func forEach(
        _ session: Session, _ body: ((value: JSONValue, raw: [UInt8])) -> Void
    ) throws {
        var after = 0
        while true {
            let (status, page, _) = try session.ask("GET", "/v1/parked?after=\(after)")
            guard status == 200 else {
                Report.failure(page["error"]?.text ?? "HTTP \(status)")
                throw ExitCode(1)
            }
            for parked in page["parked"]?.elements ?? [] { body((parked, parked.json)) }
            guard let next = page["next"]?.integer, next > after else { return }
            after = next
        }
    }
}
