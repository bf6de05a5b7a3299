import LogModel

/// What one look at the daemon brought.
struct Check: Equatable {
    enum Result: String {
        case works = "ok"
        case notSetUp = "off"
        case broken = "failed"
    }

    var name: String
    var result: Result
    /// What was found.
    var detail: String
    /// What helps, where something is to be done.
    var help: String?

    init(_ name: String, _ result: Result, _ detail: String, _ help: String? = nil) {
        self.name = name
        self.result = result
        self.detail = detail
        self.help = help
    }

    func append(to out: inout OutputBuffer, style: Style) {
        switch result {
        case .works: out.append("✅ ")
        case .notSetUp: out.append("⭕ ")
        case .broken: out.append("❌ ")
        }
        style.paint(.bold, &out) { $0.append(text: DisplayWidth.padded(name, to: 12)) }
        TerminalText.append(detail, to: &out)
        out.append("\n")
        if let help {
            out.append("               → ")
            TerminalText.append(help, to: &out)
            out.append("\n")
        }
    }

    func appendJSON(to out: inout OutputBuffer) {
        out.append("{\"name\":")
        JSONString.append(name, to: &out)
        out.append(text: ",\"result\":\"\(result.rawValue)\",\"detail\":")
        JSONString.append(detail, to: &out)
        out.append(",\"help\":")
        if let help { JSONString.append(help, to: &out) } else { out.append("null") }
        out.append("}")
    }
}
