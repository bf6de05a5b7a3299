internal import LogModel
internal import LogSpool
internal import Synchronization

/// What one turn does: look, take, commit, send.
extension AlertDelivery {
    /// Records that are taken in one turn.
    private static let batch = 1000
    private static let batchBytes = 1_048_576
    /// Fingerprints that the store is asked about for one batch: more would be told in digests.
    private static let asked = 100
    /// Longest time that records stay in the spool while no chat could be told of them anyway.
    private static let readingPause: Int64 = 1000

    /// Does what is due, and sees to it that the next turn comes in time.
    package func turn() {
        isAwake.withLock { $0 = false }
        guard !isStopped else { return }
        guard !settings.chats.isEmpty else {
            // Nobody is there to be told.
            inbox.withLock { $0 = [] }
            return
        }
        load()
        let now = axis.now
        watchSpool()
        takeInbox(now)
        var behindCommit: [(String, AlertMessage)] = []
        let next = takeRecords(now, &behindCommit)
        var due = next ?? .max
        for chat in lanes.keys.sorted() {
            if case .wait(let until) = step(chat, now, &behindCommit) { due = min(due, until) }
        }
        if !behindCommit.isEmpty { ledger.isUrgent = true }
        if let again = commit(now) { due = min(due, again) }
        for (chat, message) in behindCommit { start(chat, message) }
        if due <= now { wake() } else if due != .max { schedule(due, now) }
    }

    /// Reads back what was saved, once there is somebody to tell.
    func load() {
        guard !isLoaded, !isStopped, !settings.chats.isEmpty else { return }
        isLoaded = true
        var saved: [String: [AlertRow]] = [:]
        do throws(SpoolError) {
            let (rows, damaged) = try spool.savedAlerts()
            saved = Dictionary(grouping: rows, by: \.chat)
            if damaged > 0 { raise(.alertStateDamaged(rows: damaged)) }
        } catch { tell(.spoolFailed(reason: "\(error)")) }
        let now = axis.now
        for chat in settings.chats { open(chat, saved.removeValue(forKey: chat) ?? [], at: now) }
        for (chat, rows) in saved {
            var gate = AlertGate(
                chat: chat, rows: rows, cooldown: settings.cooldown, format: settings.format, at: now)
            forget(&gate)
        }
    }

    /// Tells what the spool had to give up since the last look.
    private func watchSpool() {
        let seen = losses
        losses = spool.losses
        guard losses != seen else { return }
        if losses.setAside > seen.setAside {
            // What was saved, and the numbers of the records, may be gone with it.
            for chat in lanes.keys { lanes[chat]!.gate.markAllChanged() }
            ledger.startOver()
            if let damaged = spool.statistics().setAside.last {
                raise(
                    .spoolDamaged(
                        file: damaged.name, reason: damaged.reason, salvaged: damaged.salvagedRecords,
                        lost: damaged.lostRecords))
            }
        } else if losses.damaged > seen.damaged {
            raise(.spoolRowsDamaged(records: losses.damaged - seen.damaged))
        }
        if losses.overflowed > seen.overflowed {
            raise(.spoolOverflowing(records: losses.overflowed - seen.overflowed))
        }
    }

    private func takeInbox(_ now: Int64) {
        let alerts = inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        for (alert, isNotice) in alerts where !isNotice || settings.configuration.notices {
            for chat in lanes.keys { lanes[chat]!.gate.take(alert, at: now) }
            ledger.isUrgent = true
        }
    }

    /// Takes records from the spool where somebody could be told of them, and at the latest after a second; returns
    /// when to look again, where more wait.
    private func takeRecords(_ now: Int64, _ behindCommit: inout [(String, AlertMessage)]) -> Int64? {
        guard spool.waiting(for: .alerts) > ledger.taken else { return nil }
        let ready = lanes.values.compactMap { $0.gate.isIdle ? $0.gate.pace.ready(at: now) : nil }.min()
        let due = min(ready ?? .max, lastRead + AlertDelivery.readingPause)
        guard now >= due else { return due }
        lastRead = now
        do throws(SpoolError) {
            let records = try spool.read(
                for: .alerts, behind: ledger.through, limit: AlertDelivery.batch,
                maximumBytes: AlertDelivery.batchBytes)
            var broken = 0
            // A line can be a megabyte: its room isn't kept.
            defer { decoder = WireDecoder() }
            var back: Set<String>?
            for (index, spooled) in records.enumerated() {
                guard decoder.read(spooled.payload) else {
                    broken += 1
                    ledger.take(through: spooled.sequence, broken: true)
                    continue
                }
                if back == nil, !isHeld(now) {
                    // The rest is asked about at once, and stays in the spool meanwhile.
                    switch resolvedBefore(records[index...], now) {
                    case .soon(let time):
                        if broken > 0 { tell(.undecodable(records: broken)) }
                        return time
                    case .known(let fingerprints): back = fingerprints
                    }
                    _ = decoder.read(spooled.payload)
                }
                let isRecord = takeRead(now, back ?? [], &behindCommit)
                if !isRecord { broken += 1 }
                ledger.take(through: spooled.sequence, broken: !isRecord)
            }
            if broken > 0 { tell(.undecodable(records: broken)) }
            return records.count < AlertDelivery.batch ? nil : now
        } catch {
            tell(.spoolFailed(reason: "\(error)"))
            return now + AlertLedger.pause
        }
    }

    /// Whether every chat holds back the record that was read.
    private func isHeld(_ now: Int64) -> Bool {
        guard let key = decoder.summary.flatMap(Alert.heldKey) else { return false }
        return lanes.keys.allSatisfy { lanes[$0]!.gate.isHolding(key, at: now) }
    }

    /// Which of these errors somebody had resolved, of those that would be told one by one.
    private func resolvedBefore(
        _ records: ArraySlice<SpooledRecord>, _ now: Int64
    ) -> RecurrenceWatch.Answer {
        guard let recurrence else { return .known([]) }
        var wanted: Set<String> = []
        for spooled in records where wanted.count < AlertDelivery.asked {
            guard decoder.read(spooled.payload), let summary = decoder.summary, summary.level >= .error,
                !isHeld(now)
            else { continue }
            wanted.insert(summary.fingerprint)
        }
        return recurrence.answer(for: wanted, at: now) { [weak self] in self?.wake() }
    }

    /// Takes the record that was read; false where it is none. In a storm nearly all are held back, and only counted: those are
    /// not read whole.
    private func takeRead(
        _ now: Int64, _ back: Set<String>, _ behindCommit: inout [(String, AlertMessage)]
    ) -> Bool {
        if isHeld(now), let summary = decoder.summary, let key = Alert.heldKey(of: summary) {
            for chat in lanes.keys { lanes[chat]!.gate.hold(key, summary.seconds) }
            return true
        }
        guard let record = decoder.record else { return false }
        var alert = Alert(record)
        alert.isBack = back.contains(alert.fingerprint)
        take(alert, now, &behindCommit)
        return true
    }

    private func take(_ alert: Alert, _ now: Int64, _ behindCommit: inout [(String, AlertMessage)]) {
        for chat in lanes.keys {
            lanes[chat]!.gate.take(alert, at: now)
            // What can go goes now, alone, before others come to be merged with it.
            if lanes[chat]!.gate.isIdle { _ = step(chat, now, &behindCommit) }
        }
    }

    /// What a chat's policy says, done: a message about one record goes at once, others behind the next commit.
    private func step(
        _ chat: String, _ now: Int64, _ behindCommit: inout [(String, AlertMessage)]
    ) -> AlertGate.Step {
        let step = lanes[chat]!.gate.next(at: now)
        guard case .send(let message) = step else { return step }
        ledger.isUrgent = true
        if message.isSummary { behindCommit.append((chat, message)) } else { start(chat, message) }
        return .rest
    }

    /// Commits what was done, where it is due; returns when it is.
    @discardableResult
    func commit(_ now: Int64) -> Int64? {
        let hasChanges = lanes.values.contains { $0.gate.hasChanges }
        guard let due = ledger.due(at: now, hasChanges: hasChanges) else { return nil }
        guard now >= due else { return due }
        for chat in lanes.keys { ledger.add(lanes[chat]!.gate.takeChanges()) }
        let hasNews = ledger.hasNews
        if ledger.taken > 0 { faults.reach(.alertsTaken) }
        if hasNews { faults.reach(.alertsSentBeforeCommit) }
        do throws(SpoolError) {
            try spool.advance(
                .alerts, through: ledger.through, parking: ledger.parking, saving: ledger.savedRows)
            if ledger.isFailing { tell(.spoolRecovered) }
            ledger.committed()
        } catch {
            if !ledger.isFailing {
                tell(.spoolFailed(reason: "\(error)"))
                raise(error == .full ? .spoolDiskFull : .spoolFailing(reason: "\(error)"))
            }
            ledger.failed(at: now)
            return now + AlertLedger.pause
        }
        if hasNews { faults.reach(.alertsSentAfterCommit) }
        return nil
    }
}
