/// What the daemon tells operators about itself (contract section 7, the column "Telegram").
package enum SystemAlert: Sendable, Equatable {
    case storeUnreachable(reason: String, waiting: Int)
    case storeBack(waiting: Int)
    case fileFailing(DailyFileKind, reason: String)
    case diskFull(DailyFileKind)
    case spoolFailing(reason: String)
    case spoolDiskFull
    /// Under another name now; nil where nobody can say how many records are lost.
    case spoolDamaged(file: String, reason: String, salvaged: Int, lost: Int?)
    /// Rows of it were damaged while it was in use.
    case spoolRowsDamaged(records: Int)
    case spoolOverflowing(records: Int)
    /// What was to be told, or was being counted, is not known any more.
    case alertStateDamaged(rows: Int)
    case started(version: String)
    case stopping

    /// Whether it is told only where `alerts.notices` asks for it.
    var isNotice: Bool {
        switch self {
        case .started, .stopping: true
        default: false
        }
    }

    /// Whether it says that something works again.
    var isGood: Bool {
        if case .storeBack = self { true } else { false }
    }

    /// What is wrong, or right again, where operators are told of both.
    var trouble: String? {
        switch self {
        case .storeUnreachable, .storeBack: "store"
        default: nil
        }
    }

    /// What counts as the same alert.
    var name: String {
        switch self {
        case .storeUnreachable: "system.store"
        case .storeBack: "system.store-back"
        case .fileFailing(let kind, _): "system.file.\(kind.koreanName)"
        case .diskFull: "system.disk-full"
        case .spoolFailing: "system.spool"
        case .spoolDiskFull: "system.spool-disk-full"
        case .spoolDamaged: "system.spool-damaged"
        case .spoolRowsDamaged: "system.spool-rows"
        case .spoolOverflowing: "system.spool-overflow"
        case .alertStateDamaged: "system.alert-state"
        case .started: "system.started"
        case .stopping: "system.stopping"
        }
    }

    var text: String {
        switch self {
        case .storeUnreachable(let reason, let waiting):
            """
            에러 저장소(DB)에 연결할 수 없습니다: \(reason)
            로그 파일은 계속 기록됩니다. 대기 중인 기록(\(waiting)개)은 스풀에 보관하며, 복구되면 자동으로 저장합니다.
            """
        case .storeBack(let waiting):
            "에러 저장소(DB)가 복구되었습니다. 대기하던 기록(\(waiting)개)을 순서대로 저장합니다."
        case .fileFailing(let kind, let reason):
            """
            \(kind.koreanName)을 쓸 수 없습니다: \(reason)
            그동안의 기록은 stderr(journald)로 나갑니다. 로그 디렉터리를 확인해 주세요.
            """
        case .diskFull(let kind):
            """
            디스크가 가득 차서 \(kind.koreanName)을 쓸 수 없습니다. 보관 기간이 지난 파일을 지웠지만 공간이 부족합니다.
            기록은 stderr(journald)로만 나갑니다. 디스크 공간을 확보해 주세요.
            """
        case .spoolFailing(let reason):
            """
            스풀(디스크 대기열)이 동작하지 않습니다: \(reason)
            에러 기록의 저장과 알림이 늦어질 수 있습니다.
            """
        case .spoolDiskFull:
            """
            스풀이 있는 디스크가 가득 찼습니다. 에러 기록의 저장과 알림이 늦어질 수 있습니다.
            디스크 공간을 확보해 주세요.
            """
        case .spoolDamaged(let file, let reason, let salvaged, let lost):
            """
            스풀이 손상되어 새로 만들었습니다: \(reason)
            손상된 파일은 \(file)로 옮겼습니다. 되살린 기록: \(salvaged)개, 잃은 기록: \(lost.map { "\($0)개" } ?? "알 수 없음"). \
            보내지 못한 알림의 일부를 잃었을 수 있습니다.
            """
        case .spoolRowsDamaged(let records):
            "스풀의 일부가 손상되어 기록 \(records)개를 전달할 수 없습니다. 에러 파일(errors)에는 남아 있습니다."
        case .spoolOverflowing(let records):
            "스풀이 최대 크기를 넘어 오래된 기록 \(records)개를 버렸습니다. 에러 파일(errors)에는 남아 있습니다."
        case .alertStateDamaged(let rows):
            "저장해 둔 알림 상태의 일부(\(rows)개)가 손상되었습니다. 보내지 못한 알림을 잃었을 수 있습니다."
        case .started(let version): "hantu-logd \(version)이(가) 시작되었습니다."
        case .stopping: "hantu-logd가 종료됩니다. 전달하지 못한 기록은 스풀에 남아 있습니다."
        }
    }
}

extension DailyFileKind {
    var koreanName: String {
        switch self {
        case .text: "일반 로그 파일"
        case .errors: "에러 로그 파일"
        }
    }
}
