internal import LogModel
package import LogSpool

/// What the gate remembers, as rows of the spool.
extension AlertGate {
    /// A chat as it was left. Rows that don't read are left out; a clock that was set back makes no pause longer
    /// than it was.
    package init(
        chat: String, rows: [AlertRow], cooldown: Int64, format: AlertFormat, at now: Int64
    ) {
        self.init(chat: chat, cooldown: cooldown, format: format)
        var entries: [(AlertKind, String, AlertDigest.Entry)] = []
        for row in rows {
            guard let name = AlertRowName(text: row.name), let state = row.state else { continue }
            let text = StateText(state)
            switch name {
            case .pace:
                pace = SendPace(text)
                pace.settle(at: now)
                address = text["address"] ?? chat
            case .sending: sending = AlertMessage(text)
            case .waiting(let number):
                if let alert = WaitingAlert(text, number: number) { waiting.append(alert) }
            case .cooldown(let key):
                guard var held = AlertCooldown(text) else { continue }
                let longest = key == AlertGate.refusedKey ? held.length : cooldown
                held.until = min(held.until, now + longest)
                begin(held, key)
            case .trouble(let name): troubles.insert(name)
            case .digest(let kind): digests[kind] = AlertDigest(text)
            case .digestEntry(let kind, let key):
                if let entry = AlertDigest.Entry(text) { entries.append((kind, key, entry)) }
            }
        }
        for (kind, key, entry) in entries { digests[kind]?.restore(key, entry) }
        waiting.sort { ($1.isCritical ? 1 : 0, $0.number) < ($0.isCritical ? 1 : 0, $1.number) }
        nextNumber = (waiting.map(\.number).max() ?? 0) + 1
        changed = []
    }

    /// The rows that changed since the last call.
    package mutating func takeChanges() -> [AlertRow] {
        defer { changed = [] }
        return changed.map { AlertRow(chat: chat, name: $0.text, state: state(of: $0)?.text) }
    }

    /// What deletes all rows, for a chat that isn't told any more.
    package mutating func forget() -> [AlertRow] {
        markAllChanged()
        return changed.map { AlertRow(chat: chat, name: $0.text, state: nil) }
    }

    /// Everything is to be written anew, since what was written is gone.
    package mutating func markAllChanged() {
        changed = [.pace, .sending]
        changed.formUnion(waiting.map { .waiting($0.number) })
        changed.formUnion(cooldowns.keys.map { .cooldown($0) })
        changed.formUnion(troubles.map { .trouble($0) })
        for (kind, digest) in digests {
            changed.insert(.digest(kind))
            changed.formUnion(digest.kinds.keys.map { .digestEntry(kind, $0) })
        }
    }

    private func state(of name: AlertRowName) -> StateText? {
        switch name {
        case .pace:
            var text = pace.text
            text.add("address", address)
            return text
        case .sending: return sending?.state
        case .waiting(let number): return waiting.first { $0.number == number }?.state
        case .cooldown(let key): return cooldowns[key]?.state
        case .trouble(let name): return troubles.contains(name) ? StateText() : nil
        case .digest(let kind): return digests[kind]?.state
        case .digestEntry(let kind, let key): return digests[kind]?.kinds[key]?.state
        }
    }
}

extension AlertMessage {
    var state: StateText {
        var text = StateText()
        text.add("text", self.text)
        text.add("count", count)
        text.add("summary", isSummary ? 1 : 0)
        text.add("kind", kind.rawValue)
        return text
    }

    init?(_ state: StateText) {
        guard let text = state["text"], let count = state.number("count"),
            let kind = state["kind"].flatMap(AlertKind.init(rawValue:))
        else { return nil }
        self.init(text: text, count: Int(count), isSummary: state.number("summary") == 1, kind: kind)
    }
}

extension WaitingAlert {
    var state: StateText {
        var text = StateText()
        text.add("key", key)
        text.add("kind", kind.rawValue)
        text.add("critical", isCritical ? 1 : 0)
        text.add("count", count)
        text.add("summary", isSummary ? 1 : 0)
        text.add("text", self.text)
        sample.add(to: &text)
        return text
    }

    init?(_ state: StateText, number: Int) {
        guard let key = state["key"], let kind = state["kind"].flatMap(AlertKind.init(rawValue:)),
            let count = state.number("count"), let text = state["text"]
        else { return nil }
        self.init(
            number: number, key: key, kind: kind, isCritical: state.number("critical") == 1,
            count: Int(count), sample: AlertSample(state), text: text,
            isSummary: state.number("summary") == 1)
    }
}

extension AlertCooldown {
    var state: StateText {
        var text = StateText()
        text.add("kind", kind.rawValue)
        text.add("until", until)
        text.add("length", length)
        text.add("held", held)
        sample.add(to: &text)
        return text
    }

    init?(_ state: StateText) {
        guard let kind = state["kind"].flatMap(AlertKind.init(rawValue:)), let until = state.number("until"),
            let length = state.number("length"), let held = state.number("held")
        else { return nil }
        self.init(kind: kind, until: until, length: length, held: Int(held), sample: AlertSample(state))
    }
}

extension AlertDigest {
    var state: StateText {
        var text = StateText()
        text.add("total", total)
        return text
    }

    init?(_ state: StateText) {
        guard let total = state.number("total") else { return nil }
        self.init(total: Int(total))
    }
}

extension AlertDigest.Entry {
    var state: StateText {
        var text = StateText()
        text.add("count", count)
        sample.add(to: &text)
        return text
    }

    init?(_ state: StateText) {
        guard let count = state.number("count") else { return nil }
        self.init(sample: AlertSample(state), count: Int(count))
    }
}

extension AlertSample {
    func add(to text: inout StateText) {
        text.add("service", service)
        text.add("place", place)
        text.add("type", type)
        text.add("message", message)
        text.add("first", first)
        text.add("last", last)
    }

    init(_ state: StateText) {
        service = state["service"] ?? ""
        place = state["place"] ?? ""
        type = state["type"] ?? ""
        message = state["message"] ?? ""
        first = state.number("first") ?? 0
        last = state.number("last") ?? first
    }
}
