internal import LogModel

/// Messages that stand for many records. Each holds one `N건`, its total.
extension AlertFormat {
    /// What a cooldown held back: `🔁 [scheduler] 같은 에러 37건 더 발생 (5분)`, and which.
    func repeats(_ sample: AlertSample, of kind: AlertKind, count: Int, cooldown: Int64) -> String {
        let period = KoreanDuration.text(milliseconds: cooldown)
        var text = "🔁 [\(piece(sample.service))] 같은 \(kind.word) \(count)건 더 발생 (\(period))\n"
        text += span(sample.first, sample.last)
        if !sample.place.isEmpty { text += " | \(piece(sample.place))" }
        if !sample.type.isEmpty { text += "\n타입: \(piece(sample.type))" }
        if !sample.message.isEmpty { text += "\n\n\(piece(sample.message))" }
        return text
    }

    /// Messages that Telegram refused.
    func refused(_ sample: AlertSample, count: Int) -> String {
        "🔁 [hantu-logd] 전하지 못한 알림 \(count)건 (Telegram 거부)\n\(span(sample.first, sample.last))\n\n\(piece(sample.message))"
    }

    /// A storm: `🚨 에러 120건 묶음`, then a line for each kind with `×12`, the most frequent first.
    func digest(_ digest: AlertDigest, of kind: AlertKind) -> String {
        var text = "\(kind.sign) \(kind.word) \(digest.total)건 묶음\n"
        var length = TelegramText.length(text)
        let ranked = digest.kinds.values.sorted {
            ($1.count, $0.sample.first, $0.sample.message) < ($0.count, $1.sample.first, $1.sample.message)
        }
        // Room for the line that says what had none.
        let room = TelegramText.limit - 64
        var told = 0
        for entry in ranked {
            let line = "\(self.line(entry.sample)) ×\(entry.count)\n"
            let units = TelegramText.length(line)
            guard length + units <= room else { break }
            text += line
            length += units
            told += entry.count
        }
        if told < digest.total { text += "그 밖의 종류 ×\(digest.total - told)\n" }
        return String(text.dropLast())
    }

    /// `02-01 12:34:58 [scheduler] trading_engine.execute_order InsufficientBalance: 주문 실행 실패`, with the time of
    /// the first.
    private func line(_ sample: AlertSample) -> String {
        let day = time(Timestamp(seconds: sample.first)).dropFirst("2026-".count)
        var line = "\(day) [\(piece(sample.service))]"
        if !sample.place.isEmpty { line += " \(piece(sample.place))" }
        if !sample.type.isEmpty { line += " \(piece(sample.type))" }
        if !sample.message.isEmpty { line += ": \(piece(sample.message))" }
        return line
    }

    private func piece(_ text: String) -> String { TelegramText.escaped(text, limit: 512) }

    /// From when to when, in local time.
    private func span(_ first: Int64, _ last: Int64) -> String {
        let start = time(Timestamp(seconds: first))
        return first == last ? start : "\(start) ~ \(time(Timestamp(seconds: last)))"
    }
}
