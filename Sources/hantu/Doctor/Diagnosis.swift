import Glibc
import LogConfiguration
import LogModel
import LogSinks
import LogStore

/// What the doctor's findings mean: a check for each part, in the order of a record's way.
struct Diagnosis {
    private let found: Findings

    init(_ found: Findings) { self.found = found }

    var checks: [Check] {
        guard found.refusal == nil else { return [daemon, socket] }
        return [
            daemon, socket, file(.text, "텍스트", found.text), file(.errors, "에러 JSON", found.errors), store,
            journal, telegram, trace,
        ]
    }

    private var status: JSONValue? { try? found.status.get() }

    private var daemon: Check {
        let name = "데몬"
        switch found.status {
        case .success(let status):
            let state = status["state"]?.text ?? "?"
            let reasons = (status["conditions"]?.elements ?? []).compactMap { $0["message"]?.text }
            let isWell = !["CRITICAL", "EMERGENCY", "STOPPING"].contains(state)
            return Check(
                name, isWell ? .works : .broken, ([state] + reasons).joined(separator: "; "),
                isWell ? nil : "journalctl -u hantu-logd 에서 원인을 확인하세요")
        case .failure(.notRunning(let path)):
            return Check(name, .broken, "실행 중이 아닙니다 (\(path))", "systemctl start hantu-logd")
        case .failure(.notAllowed(let path, _)):
            return Check(name, .broken, "\(path) 에 접근할 권한이 없습니다", "sudo hantu logd doctor 로 실행하세요")
        case .failure(.failed(let path, let call, let code)):
            return Check(name, .broken, "\(path): \(call): \(String(cString: strerror(code)))")
        case .failure(.malformed(let path)):
            return Check(name, .broken, "\(path): 알 수 없는 응답입니다")
        }
    }

    private var socket: Check {
        let path = found.configuration.intake.socket
        guard let refusal = found.refusal else { return Check("소켓", .works, path) }
        return Check(
            "소켓", .broken, "\(path): \(refusal)", "데몬이 실행 중인지, 사용자가 그룹 hantu-log에 속하는지 확인하세요")
    }

    private func file(_ kind: DailyFileKind, _ name: String, _ found: Findings.InFiles) -> Check {
        let files = self.found.configuration.files
        let minimum = kind == .text ? files.minimumLevel : files.errorsMinimumLevel
        guard minimum <= .error else {
            return Check(name, .notSetUp, "최소 레벨이 \(minimum) 이라 점검하지 못했습니다")
        }
        if let path = found.path { return Check(name, .works, path) }
        return Check(
            name, .broken, found.problem ?? "\(files.directory)/\(kind.directory) 에서 점검 기록을 찾지 못했습니다",
            "디렉터리의 권한과 남은 디스크 공간을 확인하세요")
    }

    private var store: Check {
        let name = "에러 저장소"
        let help = "hantu logd status 의 저장소 항목과 store.url 을 확인하세요"
        switch found.store {
        case nil: return Check(name, .notSetUp, "store.enabled 또는 store.minimum_level 설정으로 꺼져 있습니다")
        case .row(let row): return Check(name, .works, "#\(row)")
        case .unusable: return Check(name, .broken, "store.url 을 쓸 수 없습니다", help)
        case .failed(let reason): return Check(name, .broken, reason, help)
        case .missing:
            let reason = status?["outputs"]?["store"]?["last_failure"]?.text
            return Check(name, .broken, reason ?? "점검 기록이 도착하지 않았습니다", help)
        }
    }

    private var journal: Check {
        let name = "journald"
        let help = "systemctl status systemd-journald 를 확인하세요"
        let command = "journalctl TRACE_ID=\(found.traceID)"
        guard let journal = found.journal else {
            return Check(name, .notSetUp, "journal.enabled 또는 journal.minimum_level 설정으로 꺼져 있습니다")
        }
        guard case .answered(let answer) = journal else {
            let isWanted = found.configuration.journal.enabled == .on
            return Check(name, isWanted ? .broken : .notSetUp, "이 호스트에는 journald가 없습니다", help)
        }
        let problem = (status?["conditions"]?.elements ?? []).first { $0["output"]?.text == "journal" }
        if let problem { return Check(name, .broken, problem["message"]?.text ?? "?", help) }
        switch answer {
        case .found: return Check(name, .works, command)
        case .missing: return Check(name, .broken, "점검 기록이 저널에 도착하지 않았습니다 (\(command))", help)
        case .unreadable:
            return Check(
                name, .notSetUp, "저널을 읽을 권한이 없어 확인하지 못했습니다 (\(command))", "root로 실행하세요 (sudo)")
        }
    }

    private var telegram: Check {
        let name = "Telegram"
        guard let answer = found.alertTest, let body = JSONValue(answer.body) else {
            return Check(name, .broken, "데몬에 물어볼 수 없습니다", "root로 실행하세요 (sudo)")
        }
        switch answer.status {
        case 200:
            let failed = (body["chats"]?.elements ?? []).compactMap { chat -> String? in
                guard chat["delivered"]?.isTrue != true else { return nil }
                return "\(chat["chat"]?.text ?? "?"): \(chat["answer"]?.text ?? "?")"
            }
            if failed.isEmpty { return Check(name, .works, "점검 메시지를 보냈습니다") }
            return Check(name, .broken, failed.joined(separator: "; "), "봇 토큰과 chat_ids 를 확인하세요")
        case 409:
            return Check(name, .notSetUp, "설정되지 않았습니다", "alerts.telegram.token 과 chat_ids 를 설정하세요")
        case 403: return Check(name, .broken, "권한이 없습니다", "root로 실행하세요 (sudo)")
        default: return Check(name, .broken, body["error"]?.text ?? "HTTP \(answer.status)")
        }
    }

    /// Whether the timeline has the record once, whatever the number of places.
    private var trace: Check {
        let count = found.timelineEntries
        if count == 1 { return Check("trace", .works, "hantu logs trace \(found.traceID)") }
        return Check("trace", .broken, "점검 기록이 \(count)번 나옵니다 (1번이어야 합니다)")
    }
}

extension Findings {
    /// Whether the configuration sends a probe to the error store.
    var reachesStore: Bool { configuration.store.enabled && configuration.store.minimumLevel <= .error }

    /// Whether the configuration sends a probe to the journal.
    var reachesJournal: Bool {
        configuration.journal.enabled != .off && configuration.journal.minimumLevel <= .error
    }
}
