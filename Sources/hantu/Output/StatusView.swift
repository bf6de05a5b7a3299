import LogModel

/// The daemon's status for people, with ages as of the moment at which the daemon answered.
struct StatusView {
    private let status: JSONValue
    private let uptime: Double

    init(_ status: JSONValue) {
        self.status = status
        uptime = status["uptime"]?.decimal ?? 0
    }

    func append(to out: inout OutputBuffer, style: Style) {
        let state = status["state"]?.text ?? "?"
        out.append(text: StatusView.mark(state))
        TerminalText.append("hantu-logd \(status["version"]?.text ?? "?") ", to: &out)
        style.paint(StatusView.ink(state), &out) { TerminalText.append(state, to: &$0) }
        let pid = status["pid"]?.integer.map(String.init) ?? "?"
        out.append(text: " (pid \(pid), \(StatusView.duration(uptime)))\n")
        for condition in status["conditions"]?.elements ?? [] {
            let name = condition["state"]?.text ?? "?"
            out.append(text: "   " + StatusView.mark(name))
            style.paint(StatusView.ink(name), &out) { TerminalText.append(name, to: &$0) }
            let text = "\(condition["output"]?.text ?? "?"): \(condition["message"]?.text ?? "")"
            TerminalText.append(" \(text) (\(since(condition["since"])))", to: &out)
            out.append("\n")
        }
        for (name, value) in lines where !value.isEmpty {
            out.append("   ")
            style.paint(.dim, &out) { $0.append(text: DisplayWidth.padded(name, to: 10)) }
            TerminalText.append(value, to: &out)
            out.append("\n")
        }
    }

    private var lines: [(String, String)] {
        let intake = status["intake"]
        let outputs = status["outputs"]
        return [
            ("연결", "\(number(intake?["connections"])) (거절 \(number(intake?["refused"])))"),
            ("기록", records(intake?["records"])), ("손상", counts(intake?["damaged"])),
            ("파일", waiting(outputs?["files"])), ("스풀", spool(outputs?["spool"])),
            ("저장소", store(outputs?["store"])), ("journald", journal(outputs?["journal"])),
            ("알림", alerts(outputs?["alerts"])), ("버림", drops(status["drops"])),
        ]
    }

    private func number(_ value: JSONValue?) -> String { value?.integer.map(String.init) ?? "0" }

    /// What is not zero.
    private func counts(_ object: JSONValue?) -> String {
        (object?.members ?? []).filter { $0.value.integer != 0 }.map { "\($0.name) \(number($0.value))" }
            .joined(separator: " · ")
    }

    /// How many of each level, and how many a second since the start.
    private func records(_ object: JSONValue?) -> String {
        let total = (object?.members ?? []).reduce(0) { $0 + ($1.value.integer ?? 0) }
        let tenths = uptime > 0 ? Int(Double(total) / uptime * 10) : 0
        guard tenths > 0 else { return counts(object) }
        return "\(counts(object)) (평균 초당 \(tenths / 10).\(tenths % 10)건)"
    }

    private func drops(_ object: JSONValue?) -> String {
        (object?.members ?? []).flatMap { output in
            output.value.members.map { "\(output.name) \($0.name) \(number($0.value))" }
        }.joined(separator: " · ")
    }

    private func waiting(_ output: JSONValue?) -> String {
        "대기 \(StatusView.bytes(output?["queued_bytes"]?.integer ?? 0))"
    }

    private func spool(_ spool: JSONValue?) -> String {
        guard spool?["enabled"]?.isTrue == true else { return "꺼짐" }
        var parts = [StatusView.bytes(spool?["bytes"]?.integer ?? 0)]
        for output in spool?["records"]?.members ?? [] where output.value.integer != 0 {
            let age = spool?["oldest_age"]?[output.name]?.decimal.map { ", \(StatusView.duration($0)) 전부터" }
            parts.append("\(output.name) \(number(output.value))건\(age ?? "")")
        }
        for output in spool?["parked"]?.members ?? [] where output.value.integer != 0 {
            parts.append("\(output.name) 보류 \(number(output.value))건")
        }
        return parts.joined(separator: " · ")
    }

    private func store(_ store: JSONValue?) -> String {
        guard store?["enabled"]?.isTrue == true else { return "꺼짐" }
        var text = "\(store?["phase"]?.text ?? "?") · 대기 \(number(store?["waiting"]))건"
        if let failures = store?["failures"]?.integer, failures > 0 {
            let reason = store?["last_failure"]?.text ?? "?"
            text += " · 연속 실패 \(failures)번 (\(since(store?["since"]))): \(reason)"
        }
        if store?["stale"]?.isTrue == true { text += " · 응답이 늦어 조금 전의 값입니다" }
        return text
    }

    private func journal(_ journal: JSONValue?) -> String {
        journal?["enabled"]?.isTrue == true ? "켜짐 · \(waiting(journal))" : "꺼짐"
    }

    /// What Telegram took and what it didn't, and what is wrong with a chat.
    private func alerts(_ alerts: JSONValue?) -> String {
        guard alerts?["enabled"]?.isTrue == true else { return "꺼짐" }
        var parts = ["켜짐"]
        for (name, words) in [
            ("sent", "보냄"), ("failed", "실패"), ("suppressed", "쿨다운"), ("waiting", "대기"),
        ] {
            if let count = alerts?[name]?.integer, count > 0 { parts.append("\(words) \(count)건") }
        }
        for chat in alerts?["chats"]?.elements ?? [] {
            guard let problem = chat["problem"]?.text else { continue }
            parts.append("\(chat["chat"]?.text ?? "?"): \(problem)")
        }
        return parts.joined(separator: " · ")
    }

    /// How long something has lasted.
    private func since(_ time: JSONValue?) -> String {
        guard let text = time?.text else { return "?" }
        guard let start = time?.moment, let began = status["started"]?.moment else { return "\(text)부터" }
        return "\(StatusView.duration(max(0, began + uptime - start))) 전부터"
    }

    static func mark(_ state: String) -> String {
        switch state {
        case "READY": "✅ "
        case "CRITICAL", "EMERGENCY": "❌ "
        default: "⭕ "
        }
    }

    private static func ink(_ state: String) -> Style.Ink {
        switch state {
        case "READY": .green
        case "CRITICAL", "EMERGENCY": .boldRed
        default: .yellow
        }
    }

    /// `3일 4시간`, `5분 7초`.
    static func duration(_ seconds: Double) -> String {
        let total = Int(seconds)
        let (days, hours, minutes) = (total / 86400, total / 3600 % 24, total / 60 % 60)
        if days > 0 { return "\(days)일 \(hours)시간" }
        if hours > 0 { return "\(hours)시간 \(minutes)분" }
        return minutes > 0 ? "\(minutes)분 \(total % 60)초" : "\(total)초"
    }

    /// `512 B`, `3.4 MiB`.
    static func bytes(_ count: Int) -> String {
        var size = Double(count)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while size >= 1024, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(Int(size * 10) / 10).\(Int(size * 10) % 10) \(units[unit])"
    }
}
