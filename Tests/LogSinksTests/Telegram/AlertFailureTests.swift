import LogModel
import LogSinks
import Testing

/// Contract sections 5 and 7: what a chat that can't be told anything means for what it is told later.
@Suite struct AlertFailureTests {
    @Test func tooManyMessagesAreFollowedByThePauseThatTelegramNamed() {
        var chat = ChatModel()
        chat.answer = .tooMany(milliseconds: 17_000)
        chat.take(.failure())
        chat.answer = nil
        chat.pass(milliseconds: 16_999)
        #expect(chat.told.isEmpty)
        chat.pass(milliseconds: 1)
        #expect(chat.told.count == 1)
    }

    @Test func silenceIsTriedAgainInGrowingPauses() {
        var chat = ChatModel()
        chat.answer = .unavailable(reason: "away")
        chat.take(.failure())
        chat.pass(seconds: 300)
        let pauses = zip(chat.attempts.dropFirst(), chat.attempts).map { ($0 - $1) / 1000 }
        #expect(Array(pauses.prefix(7)) == [1, 2, 4, 8, 16, 30, 30])
        chat.drain()
        #expect(chat.total == 1)
    }

    @Test func jitterShortensAPauseByUpToAQuarter() {
        var gate = ChatModel().gate
        gate.take(Alert(.failure()), at: 0)
        _ = gate.next(at: 0)
        gate.answered(.unavailable(reason: "away"), at: 0, jitter: 1)
        // The first pause is never shorter than what Telegram takes anyway.
        #expect(gate.next(at: 0) == .wait(until: 1000))
        _ = gate.next(at: 1000)
        gate.answered(.unavailable(reason: "away"), at: 1000, jitter: 1)
        #expect(gate.next(at: 1000) == .wait(until: 2500))
    }

    @Test(arguments: [TelegramAnswer.Scope.chat, .token]) func aChatThatRefusesIsLeftAloneForTenMinutes(
        scope: TelegramAnswer.Scope
    ) {
        var chat = ChatModel()
        chat.answer = .refused(scope, reason: "403 Forbidden: bot was blocked by the user")
        for number in 0..<20 { chat.take(.failure("k\(number)")) }
        chat.pass(seconds: 599)
        #expect(chat.attempts.count == 1)
        chat.drain()
        #expect(chat.firstLines == ["🚨 에러 20건 묶음"])
        #expect(
            chat.texts[0].contains("[hantu-logd] Telegram 거부: 403 Forbidden: bot was blocked by the user ×1"))
    }

    @Test func aMessageThatIsRefusedDoesntHoldUpTheOthers() {
        var chat = ChatModel()
        chat.answer = .refused(.message, reason: "400 Bad Request: can't parse entities")
        chat.take(.failure("bad"))
        chat.answer = nil
        chat.pass(seconds: 1)
        chat.take(.failure("good"))
        #expect(chat.texts.count == 1 && chat.texts[0].contains("good"))
        chat.drain()
        #expect(chat.firstLines.last == "🔁 [hantu-logd] 전하지 못한 알림 1건 (Telegram 거부)")
    }

    @Test func aCorrectedConfigurationIsTriedAtOnce() {
        var chat = ChatModel()
        chat.answer = .refused(.token, reason: "401 Unauthorized")
        chat.take(.failure("a"))
        chat.take(.failure("b"))
        chat.answer = nil
        chat.gate.tryAgain(at: chat.now)
        chat.pass(seconds: 3)
        #expect(chat.total == 2)
    }

    @Test func aGroupThatMovedIsToldAtItsNewPlace() {
        var chat = ChatModel(chat: "-5")
        chat.answer = .moved(to: "-1005")
        chat.take(.failure())
        chat.answer = nil
        #expect(chat.gate.address == "-1005")
        chat.restart()
        #expect(chat.gate.address == "-1005")
        chat.pass(seconds: 1)
        #expect(chat.told.count == 1)
    }

    @Test func anHoursOutageWithRestartsLosesNothingAndDoesntEndInAFlood() {
        var chat = ChatModel()
        chat.answer = .unavailable(reason: "away")
        var taken = 0
        for minute in 0..<60 {
            for number in 0..<30 {
                chat.take(.failure("k\(number % 7)", level: number == 0 ? .critical : .error))
                taken += 1
            }
            chat.pass(seconds: 60)
            if minute % 10 == 5 { chat.restart() }
        }
        chat.answer = nil
        let back = chat.now
        chat.pass(seconds: 60)
        #expect(chat.told.count { $0.time < back + 60_000 } < 6)
        chat.drain()
        #expect(chat.total == taken)
    }

    @Test func aClockThatWasSetBackOverARestartSilencesNothingForLong() {
        var chat = ChatModel()
        for _ in 0..<3 { chat.take(.failure()) }
        chat.answer = .tooMany(milliseconds: 20_000)
        chat.take(.failure("other"))
        chat.pass(seconds: 1)
        chat.answer = nil
        chat.now -= 86_400_000
        chat.restart()
        chat.pass(seconds: 21)
        #expect(chat.texts.last?.contains("failed: other") == true)
        chat.pass(seconds: 300)
        #expect(chat.total == 4)
    }

    @Test func aClockThatWasSetForwardOverARestartTellsWhatWasHeld() {
        var chat = ChatModel()
        for _ in 0..<3 { chat.take(.failure()) }
        chat.now += 86_400_000
        chat.restart()
        chat.pass(seconds: 1)
        #expect(chat.total == 3)
    }

    @Test func aShorterCooldownEndsThoseUnderWay() {
        var chat = ChatModel()
        for _ in 0..<3 { chat.take(.failure()) }
        chat.gate.change(cooldown: 10_000, format: AlertFormat(zone: .utc), at: chat.now)
        chat.pass(seconds: 10)
        #expect(chat.total == 3)
        #expect(chat.firstLines.last == "🔁 [scheduler] 같은 에러 2건 더 발생 (10초)")
    }
}
