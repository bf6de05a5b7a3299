/// What Telegram's answers mean for what comes next.
extension AlertGate {
    /// The message that `next` gave out last was answered. `jitter` (0...1) keeps several daemons from coming back
    /// in step.
    package mutating func answered(_ answer: TelegramAnswer, at now: Int64, jitter: Double) {
        guard isAsking, let message = sending else { return }
        isAsking = false
        pace.attempted(at: now)
        changed.insert(.pace)
        switch answer {
        case .accepted:
            pace.succeeded()
            counts.messages += 1
            if message.isSummary { counts.summarised += message.count } else { counts.alone += message.count }
            done()
        case .tooMany(let milliseconds):
            counts.retries += 1
            pace.block(for: milliseconds, at: now)
        case .unavailable:
            counts.retries += 1
            pace.backOff(at: now, jitter: jitter)
        case .moved(let id) where id != address && !id.isEmpty:
            address = id
        case .moved(let id): refuse(message, .chat, "the chat moved to \(id) again", at: now)
        case .refused(let scope, let reason): refuse(message, scope, reason, at: now)
        }
    }

    /// A message went past the gate, as a test of the chat does.
    package mutating func sentBeside(at now: Int64) {
        pace.attempted(at: now)
        changed.insert(.pace)
    }

    /// Somebody changed what Telegram refused: tries again without waiting.
    package mutating func tryAgain(at now: Int64) {
        pace.unblock()
        changed.insert(.pace)
        guard cooldowns[AlertGate.refusedKey] != nil else { return }
        cooldowns[AlertGate.refusedKey]?.until = now
        nextEnd = min(nextEnd, now)
    }

    /// Applies other settings; a cooldown under way gets no longer than the new one.
    package mutating func change(cooldown milliseconds: Int64, format: AlertFormat, at now: Int64) {
        self.format = format
        guard milliseconds != cooldown else { return }
        cooldown = milliseconds
        for (key, old) in cooldowns where old.until > now + milliseconds && key != AlertGate.refusedKey {
            cooldowns[key]?.until = now + milliseconds
            cooldowns[key]?.length = milliseconds
            changed.insert(.cooldown(key))
        }
        nextEnd = cooldowns.values.map(\.until).min() ?? .max
    }

    private mutating func done() {
        sending = nil
        changed.insert(.sending)
    }

    /// The message doesn't go again; what it told of is told as a number, once the chat takes something.
    private mutating func refuse(
        _ message: AlertMessage, _ scope: TelegramAnswer.Scope, _ reason: String, at now: Int64
    ) {
        done()
        counts.refusals += 1
        if scope != .message { pace.block(for: AlertGate.refusalPause, at: now) }
        let key = AlertGate.refusedKey
        var refused =
            cooldowns[key]
            ?? AlertCooldown(
                kind: .error, until: 0, length: AlertGate.refusalPause,
                sample: AlertSample(refusal: reason, at: now / 1000))
        refused.until = now + AlertGate.refusalPause
        refused.held += message.count
        refused.sample = AlertSample(refusal: reason, at: refused.sample.first)
        refused.sample.last = now / 1000
        begin(refused, key)
    }
}
