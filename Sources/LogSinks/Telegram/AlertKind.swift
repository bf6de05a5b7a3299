package import LogModel

/// What a message is about: its sign and its word (contract section 5, Telegram), the gravest first.
package enum AlertKind: String, CaseIterable, Sendable {
    case error, warning, report, success
    /// A record below WARNING that asked for nothing: told where `alerts.minimum_level` is that low.
    case information

    package init(_ record: LogRecord) {
        self.init(level: record.level, succeeded: record.succeeded, notify: record.notify)
    }

    init(level: Severity, succeeded: Bool, notify: Notice?) {
        // An error stays one, whatever it asks to be told as.
        if level >= .error {
            self = .error
            return
        }
        switch notify {
        case .success: self = .success
        case .warning: self = .warning
        case .report: self = .report
        case nil:
            if level == .warning {
                self = .warning
            } else {
                self = succeeded ? .success : .information
            }
        }
    }

    var sign: String {
        switch self {
        case .error: "🚨"
        case .warning: "⚠️"
        case .report: "📊"
        case .success: "✅"
        case .information: "ℹ️"
        }
    }

    var word: String {
        switch self {
        case .error: "에러"
        case .warning: "경고"
        case .report: "리포트"
        case .success: "성공"
        case .information: "정보"
        }
    }
}
