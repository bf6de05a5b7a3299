import LogModel

/// Colours, where they are wanted: on a terminal that has them, unless NO_COLOR is set.
struct Style {
    enum Ink: String {
        case red = "31"
        case boldRed = "1;31"
        case yellow = "33"
        case green = "32"
        case dim = "2"
        case bold = "1"
    }

    let isColoured: Bool

    static let plain = Style(isColoured: false)

    init(isColoured: Bool) { self.isColoured = isColoured }

    init(environment: [String: String], isTerminal: Bool) {
        let refuses = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let terminal = environment["TERM"] ?? ""
        isColoured = isTerminal && !refuses && terminal != "dumb" && !terminal.isEmpty
    }

    /// Runs `body`, whose output is in this ink.
    func paint(_ ink: Ink?, _ out: inout OutputBuffer, _ body: (inout OutputBuffer) -> Void) {
        guard isColoured, let ink else { return body(&out) }
        out.append(text: "\u{1b}[" + ink.rawValue + "m")
        body(&out)
        out.append("\u{1b}[0m")
    }

    static func ink(of level: Severity, succeeded: Bool) -> Ink? {
        switch level {
        case .critical: .boldRed
        case .error: .red
        case .warning: .yellow
        case .info: succeeded ? .green : nil
        case .debug: .dim
        }
    }
}

extension Severity {
    /// The command line's mark and the blanks behind it: ℹ️ is drawn narrower than the others.
    func mark(succeeded: Bool) -> String {
        switch self {
        case .error, .critical: "❌ "
        case .warning: "⭕ "
        case .info, .debug: succeeded ? "✅ " : "ℹ️  "
        }
    }
}
