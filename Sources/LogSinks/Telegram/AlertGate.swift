internal import LogModel

/// What one chat is told, and when (contract section 5, Telegram).
///
/// The first alert of a fingerprint goes at once and begins a cooldown; what the cooldown holds back is counted and
/// told when it ends. CRITICAL and what asked for it (`notify`) pass the cooldown. What waits because the chat can't
/// take it yet goes one by one while it is little, and merged into a digest when it is more. So every record that
/// was taken is told once, alone or as one of a summary's `N건`.
///
/// Pure: it is told what happened and when, in milliseconds of an axis that goes on over restarts, and says what to
/// send. What it remembers is rows of text (`takeChanges`), of which only the changed ones are written.
package struct AlertGate: Sendable {
    package enum Step: Equatable, Sendable {
        /// Nothing to do until something is told.
        case rest
        /// Nothing to do before this time, unless something is told.
        case wait(until: Int64)
        /// Send this, and tell how it went (`answered`).
        case send(AlertMessage)
    }

    /// Fingerprints under cooldown at once; what is beyond goes into digests without a cooldown of its own.
    static let cooldownLimit = 4096
    /// Alerts that wait for their turn one by one, and how long the last of them may have to wait.
    static let waitingLimit = 5
    static let waitingTime: Int64 = 5000
    /// How long after a refusal before the chat is tried again.
    static let refusalPause: Int64 = 600_000
    static let refusedKey = "refused"

    let chat: String
    /// Where messages go: the chat's id, or the one that Telegram gave it since.
    package internal(set) var address: String
    var format: AlertFormat
    /// Milliseconds.
    var cooldown: Int64
    var cooldowns: [String: AlertCooldown] = [:]
    /// No cooldown ends before this.
    var nextEnd = Int64.max
    var waiting: [WaitingAlert] = []
    var nextNumber = 1
    var digests: [AlertKind: AlertDigest] = [:]
    /// What was told to be wrong with the daemon, and not yet to be right again; restarts don't end it.
    var troubles: Set<String> = []
    var pace = SendPace()
    /// Written, and not known to have arrived.
    var sending: AlertMessage?
    /// Whether an answer is awaited.
    package internal(set) var isAsking = false
    package internal(set) var counts = AlertCounts()
    var changed: Set<AlertRowName> = []

    /// A chat that nothing is known of. `cooldown` is in milliseconds.
    package init(chat: String, cooldown: Int64, format: AlertFormat) {
        self.chat = chat
        address = chat
        self.cooldown = cooldown
        self.format = format
    }

    /// Records that were taken and not told yet.
    package var outstanding: Int {
        waiting.reduce(0) { $0 + $1.count } + digests.values.reduce(0) { $0 + $1.total }
            + cooldowns.values.reduce(0) { $0 + $1.held } + (sending?.count ?? 0)
    }

    /// Whether the next message may be written, as soon as the chat takes one.
    var isIdle: Bool { !isAsking && sending == nil }

    /// Whether there is something that `takeChanges` hasn't given out.
    var hasChanges: Bool { !changed.isEmpty }

    /// Takes one alert: it waits, or it is counted.
    package mutating func take(_ alert: Alert, at now: Int64) {
        guard follow(alert.trouble) else { return }
        if !alert.passesCooldown {
            if isHolding(alert.key, at: now) { return hold(alert.key, alert.record.timestamp.seconds) }
            if cooldown > 0 {
                guard cooldowns.count < AlertGate.cooldownLimit else {
                    counts.taken += 1
                    counts.beyond += 1
                    return merge(alert.key, alert.kind, AlertSample(alert.record), 1)
                }
                begin(
                    AlertCooldown(
                        kind: alert.kind, until: now + cooldown, length: cooldown,
                        sample: AlertSample(alert.record)), alert.key)
            }
        }
        counts.taken += 1
        let sample = AlertSample(alert.record)
        guard hasRoom(for: alert.kind) else { return merge(alert.key, alert.kind, sample, 1) }
        let text = format.text(of: alert.record, as: alert.kind, isBack: alert.isBack)
        wait(
            WaitingAlert(
                number: nextNumber, key: alert.key, kind: alert.kind, isCritical: alert.isCritical, count: 1,
                sample: sample, text: text))
    }

    /// Whether a record with this key would only be counted.
    mutating func isHolding(_ key: String, at now: Int64) -> Bool {
        tick(now)
        return cooldowns[key] != nil
    }

    /// Counts a record of this Unix time under the cooldown that holds it back.
    mutating func hold(_ key: String, _ time: Int64) {
        cooldowns[key]?.hold(time)
        changed.insert(.cooldown(key))
        counts.taken += 1
        counts.held += 1
    }

    /// What to do now.
    package mutating func next(at now: Int64) -> Step {
        tick(now)
        guard !isAsking else { return .rest }
        let ready = pace.ready(at: now)
        if sending == nil {
            guard !waiting.isEmpty || !digests.isEmpty else {
                return nextEnd == .max ? .rest : .wait(until: nextEnd)
            }
            guard now >= ready else { return .wait(until: min(ready, nextEnd)) }
            write(at: now)
        }
        guard let sending, now >= ready else { return .wait(until: ready) }
        isAsking = true
        return .send(sending)
    }

    /// Lets the cooldowns that are over end; what they held back waits to be told.
    mutating func tick(_ now: Int64) {
        guard now >= nextEnd else { return }
        let over = cooldowns.filter { $0.value.until <= now }
        for (key, ended) in over.sorted(by: { ($0.value.until, $0.key) < ($1.value.until, $1.key) }) {
            cooldowns[key] = nil
            changed.insert(.cooldown(key))
            guard ended.held > 0 else { continue }
            guard hasRoom(for: ended.kind) else {
                merge(key, ended.kind, ended.sample, ended.held)
                continue
            }
            let text =
                key == AlertGate.refusedKey
                ? format.refused(ended.sample, count: ended.held)
                : format.repeats(ended.sample, of: ended.kind, count: ended.held, cooldown: ended.length)
            wait(
                WaitingAlert(
                    number: nextNumber, key: key, kind: ended.kind, isCritical: false, count: ended.held,
                    sample: ended.sample, text: text, isSummary: true))
        }
        nextEnd = cooldowns.values.map(\.until).min() ?? .max
    }

    /// Whether there is something to tell: that all is well again is no news to who never heard otherwise.
    private mutating func follow(_ trouble: (name: String, ends: Bool)?) -> Bool {
        guard let (name, ends) = trouble else { return true }
        let isNews = ends ? troubles.remove(name) != nil : troubles.insert(name).inserted
        if isNews { changed.insert(.trouble(name)) }
        return isNews || !ends
    }

    mutating func begin(_ cooldown: AlertCooldown, _ key: String) {
        cooldowns[key] = cooldown
        nextEnd = min(nextEnd, cooldown.until)
        changed.insert(.cooldown(key))
    }

    // MARK: What waits

    /// Whether another alert of this kind may wait alone; where too many do, those of one kind are merged first.
    private mutating func hasRoom(for kind: AlertKind) -> Bool {
        if digests[kind] == nil, waiting.count >= AlertGate.waitingLimit { mergeCrowds() }
        return digests[kind] == nil
    }

    private mutating func wait(_ alert: WaitingAlert) {
        nextNumber += 1
        // The critical ones first, each group in its order.
        let place = alert.isCritical ? waiting.firstIndex { !$0.isCritical } : nil
        waiting.insert(alert, at: place ?? waiting.count)
        changed.insert(.waiting(alert.number))
    }

    private mutating func merge(_ alert: WaitingAlert) {
        changed.insert(.waiting(alert.number))
        merge(alert.key, alert.kind, alert.sample, alert.count)
    }

    private mutating func merge(_ key: String, _ kind: AlertKind, _ sample: AlertSample, _ count: Int) {
        if digests[kind, default: AlertDigest()].add(key, sample, count: count) {
            changed.insert(.digestEntry(kind, key))
        }
        changed.insert(.digest(kind))
    }

    /// Makes one message of what waits: the gravest, and a digest where the others would wait too long.
    private mutating func write(at now: Int64) {
        if Int64(waiting.count) * pace.gap(at: now) > AlertGate.waitingTime { mergeCrowds() }
        if waiting.first?.isCritical != true,
            let kind = AlertKind.allCases.first(where: { digests[$0] != nil })
        {
            let digest = digests.removeValue(forKey: kind)!
            changed.formUnion(digest.kinds.keys.map { .digestEntry(kind, $0) })
            changed.insert(.digest(kind))
            sending = AlertMessage(
                text: format.digest(digest, of: kind), count: digest.total, isSummary: true, kind: kind)
        } else {
            let alert = waiting.removeFirst()
            changed.insert(.waiting(alert.number))
            sending = AlertMessage(
                text: alert.text, count: alert.count, isSummary: alert.isSummary, kind: alert.kind)
        }
        changed.insert(.sending)
    }

    /// Merges what waits with others of its kind.
    private mutating func mergeCrowds() {
        let crowded = Dictionary(grouping: waiting, by: \.kind).filter { $0.value.count > 1 }.keys
        for alert in waiting where crowded.contains(alert.kind) { merge(alert) }
        waiting.removeAll { crowded.contains($0.kind) }
    }
}
