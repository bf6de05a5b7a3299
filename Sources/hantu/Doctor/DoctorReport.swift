import LogModel

/// The doctor's checks for people and as JSON.
struct DoctorReport {
    let checks: [Check]

    /// Whether nothing is broken; what isn't set up isn't.
    var isWell: Bool { checks.allSatisfy { $0.result != .broken } }

    func append(to out: inout OutputBuffer, style: Style) {
        for check in checks { check.append(to: &out, style: style) }
    }

    func appendJSON(to out: inout OutputBuffer) {
        out.append(text: "{\"ok\":\(isWell),\"checks\":[")
        for (index, check) in checks.enumerated() {
            if index > 0 { out.append(",") }
            check.appendJSON(to: &out)
        }
        out.append("]}\n")
    }
}
