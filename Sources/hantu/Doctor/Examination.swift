import Glibc
import LogConfiguration
import LogModel
import LogSinks
import LogStore

/// Sends one record through the daemon and looks for it in every place where it should arrive.
struct Examination {
    let session: Session
    let traceID: String
    private(set) var checks: [Check] = []
    private var status: JSONValue?

    init(session: Session, traceID: String) {
        self.session = session
        self.traceID = traceID
    }

    static let service = "hantu-doctor"

    /// An id that no other record has.
    static func newTraceID() -> String {
        "doctor-" + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    mutating func run() {
        checkDaemon()
        guard checkSocket() else { return }
        checkFile(.text, "텍스트", needle: "(trace_id=\(traceID))")
        checkFile(.errors, "에러 JSON", needle: "\"trace_id\":\"\(traceID)\"")
        checkStore()
        checkJournal()
        checkTelegram()
        checkTrace()
    }

    private mutating func note(
        _ name: String, _ result: Check.Result, _ detail: String, _ help: String? = nil
    ) {
        checks.append(Check(name: name, result: result, detail: detail, help: help))
    }

    private mutating func checkDaemon() {
        do throws(AdminFailure) {
            let answer = try session.admin.call("GET", "/v1/status")
            status = JSONValue(answer.body)
            let state = status?["state"]?.text ?? "?"
            let reasons = (status?["conditions"]?.elements ?? []).compactMap { $0["message"]?.text }
            let isWell = !["CRITICAL", "EMERGENCY", "STOPPING"].contains(state)
            note(
                "데몬", isWell ? .works : .broken, ([state] + reasons).joined(separator: "; "),
                isWell ? nil : "journalctl -u hantu-logd 에서 원인을 확인하세요")
        } catch {
            switch error {
            case .notRunning(let path):
                note("데몬", .broken, "실행 중이 아닙니다 (\(path))", "systemctl start hantu-logd")
            case .notAllowed(let path, _):
                note("데몬", .broken, "\(path) 에 접근할 권한이 없습니다", "sudo hantu logd doctor 로 실행하세요")
            case .failed(let path, let call, let code):
                note("데몬", .broken, "\(path): \(call): \(String(cString: strerror(code)))")
            case .malformed(let path): note("데몬", .broken, "\(path): 알 수 없는 응답입니다")
            }
        }
    }

    private mutating func checkSocket() -> Bool {
        let path = session.configuration.intake.socket
        let line = """
            {"level":"ERROR","service":"\(Examination.service)","logger":"hantu.doctor","module":"doctor",\
            "function":"run","message":"hantu logd doctor 점검","error_type":"DoctorTest","trace_id":"\(traceID)",\
            "stack_trace":"DoctorTest: 점검용 기록이며 실제 에러가 아닙니다"}
            """
        if let problem = LogConnection(path: path).sendSafely(Array(line.utf8)) {
            note(
                "소켓", .broken, "\(path): \(problem)",
                "데몬이 실행 중인지, 사용자가 그룹 hantu-log에 속하는지 확인하세요")
            return false
        }
        note("소켓", .works, path)
        return true
    }

    private mutating func checkFile(_ kind: DailyFileKind, _ name: String, needle: String) {
        let files = session.configuration.files
        let minimum = kind == .text ? files.minimumLevel : files.errorsMinimumLevel
        guard minimum <= .error else {
            return note(name, .notSetUp, "최소 레벨이 \(minimum) 이라 점검하지 못했습니다")
        }
        var problems = ReadProblems()
        var path: String?
        forEachFile(kind, &problems) { file, problems in
            NeedleLines(needle: Array(needle.utf8)).forEach(in: file, &problems) { _ in path = file }
        }
        if let path { return note(name, .works, path) }
        let reason = problems.unreadable.first ?? "\(files.directory)/\(kind.directory) 에서 점검 기록을 찾지 못했습니다"
        note(name, .broken, reason, "디렉터리의 권한과 남은 디스크 공간을 확인하세요")
    }

    private func forEachFile(
        _ kind: DailyFileKind, _ problems: inout ReadProblems, _ body: (String, inout ReadProblems) -> Void
    ) {
        let log = DailyLog(directory: session.configuration.files.directory, kind: kind, zone: session.zone)
        do throws(PlainFile.Failure) {
            for file in try log.files().suffix(3) { body(log.path(of: file), &problems) }
        } catch { problems.unreadable.append("\(log.path): \(error.reason)") }
    }

    private mutating func checkStore() {
        let store = session.configuration.store
        guard store.enabled, store.minimumLevel <= .error else {
            return note("에러 저장소", .notSetUp, "store.enabled 또는 store.minimum_level 설정으로 꺼져 있습니다")
        }
        let help = "hantu logd status 의 저장소 항목과 store.url 을 확인하세요"
        // A flush that isn't complete is no proof: the row is.
        _ = try? session.admin.call("POST", "/v1/flush")
        do throws(StoreError) {
            guard let database = try? session.store(.change) else {
                return note("에러 저장소", .broken, "store.url 을 쓸 수 없습니다", help)
            }
            var query = StoreQuery()
            query.traceID = traceID
            let rows = try database.records(matching: query).map(\.row)
            guard !rows.isEmpty else {
                let reason = status?["outputs"]?["store"]?["last_failure"]?.text
                return note("에러 저장소", .broken, reason ?? "점검 기록이 도착하지 않았습니다", help)
            }
            _ = try database.resolve(rows, note: "hantu logd doctor")
            note("에러 저장소", .works, "#\(rows[0])")
        } catch {
            note("에러 저장소", .broken, "\(error)", help)
        }
    }

    private mutating func checkJournal() {
        let journal = session.configuration.journal
        guard journal.enabled != .off, journal.minimumLevel <= .error else {
            return note("journald", .notSetUp, "journal.enabled 또는 journal.minimum_level 설정으로 꺼져 있습니다")
        }
        let help = "systemctl status systemd-journald 를 확인하세요"
        if access("/run/systemd/journal/socket", F_OK) != 0 {
            return note(
                "journald", journal.enabled == .on ? .broken : .notSetUp, "이 호스트에는 journald가 없습니다", help)
        }
        let problem = (status?["conditions"]?.elements ?? []).first { $0["output"]?.text == "journal" }
        if let problem { return note("journald", .broken, problem["message"]?.text ?? "?", help) }
        let command = "journalctl TRACE_ID=\(traceID)"
        switch JournalSearch.TraceName(traceID).map(JournalSearch.look) {
        case .found?: note("journald", .works, command)
        case .missing?: note("journald", .broken, "점검 기록이 저널에 도착하지 않았습니다 (\(command))", help)
        case .unreadable?, nil:
            note("journald", .notSetUp, "저널을 읽을 권한이 없어 확인하지 못했습니다 (\(command))", "root로 실행하세요 (sudo)")
        }
    }

    private mutating func checkTelegram() {
        guard let answer = try? session.admin.call("POST", "/v1/alerts/test"),
            let body = JSONValue(answer.body)
        else { return note("Telegram", .broken, "데몬에 물어볼 수 없습니다", "root로 실행하세요 (sudo)") }
        switch answer.status {
        case 200:
            let failed = (body["chats"]?.elements ?? []).compactMap { chat -> String? in
                guard chat["delivered"]?.isTrue != true else { return nil }
                return "\(chat["chat"]?.text ?? "?"): \(chat["answer"]?.text ?? "?")"
            }
            if failed.isEmpty { return note("Telegram", .works, "점검 메시지를 보냈습니다") }
            note("Telegram", .broken, failed.joined(separator: "; "), "봇 토큰과 chat_ids 를 확인하세요")
        case 409: note("Telegram", .notSetUp, "설정되지 않았습니다", "alerts.telegram.token 과 chat_ids 를 설정하세요")
        case 403: note("Telegram", .broken, "권한이 없습니다", "root로 실행하세요 (sudo)")
        default: note("Telegram", .broken, body["error"]?.text ?? "HTTP \(answer.status)")
        }
    }

    /// Whether the timeline has the record once, whatever the number of places.
    private mutating func checkTrace() {
        var trace = TraceSearch(session: session, traceID: traceID)
        trace.read()
        let count = trace.timeline.entries().count
        if count == 1 { return note("trace", .works, "hantu logs trace \(traceID)") }
        note("trace", .broken, "점검 기록이 \(count)번 나옵니다 (1번이어야 합니다)")
    }

    func appendJSON(to out: inout OutputBuffer) {
        out.append(text: "{\"ok\":\(!checks.contains { $0.result == .broken }),\"checks\":[")
        for (index, check) in checks.enumerated() {
            if index > 0 { out.append(",") }
            check.appendJSON(to: &out)
        }
        out.append("]}\n")
    }
}
