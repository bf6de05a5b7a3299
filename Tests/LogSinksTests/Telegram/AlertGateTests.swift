import LogModel
import LogSinks
import Testing

/// Contract section 5, Telegram: what one chat is told, and when.
@Suite struct AlertGateTests {
    @Test func theFirstOfAFingerprintIsToldAtOnce() {
        var chat = ChatModel()
        chat.take(.failure())
        #expect(chat.told.count == 1)
        #expect(chat.firstLines == ["🚨 [scheduler] 에러"])
    }

    @Test func whatTheCooldownHeldBackIsToldWhenItEndsByATimer() {
        var chat = ChatModel()
        for _ in 0..<38 { chat.take(.failure()) }
        chat.pass(seconds: 299)
        #expect(chat.told.count == 1)
        chat.pass(seconds: 1)
        #expect(chat.firstLines.last == "🔁 [scheduler] 같은 에러 37건 더 발생 (5분)")
        #expect(chat.texts.last?.contains("engine.run") == true)
        #expect(chat.texts.last?.contains("타입: Ea") == true)
        #expect(chat.texts.last?.contains("failed: a") == true)
        #expect(chat.told.last?.time == 1_770_000_300_000)
    }

    @Test func nothingHeldBackIsNothingToTell() {
        var chat = ChatModel()
        chat.take(.failure())
        chat.pass(seconds: 3600)
        #expect(chat.told.count == 1)
    }

    @Test func behindTheCooldownTheSameErrorIsToldInFullAgain() {
        var chat = ChatModel()
        chat.take(.failure())
        chat.pass(seconds: 301)
        chat.take(.failure())
        #expect(chat.firstLines == ["🚨 [scheduler] 에러", "🚨 [scheduler] 에러"])
    }

    @Test func criticalPassesTheCooldown() {
        var chat = ChatModel()
        for _ in 0..<3 { chat.take(.failure(level: .critical)) }
        chat.pass(seconds: 2)
        #expect(chat.firstLines == Array(repeating: "🚨 [scheduler] 에러", count: 3))
    }

    @Test func whatAsksToBeToldPassesTheCooldownUnderItsOwnSign() {
        var chat = ChatModel()
        for notice in Notice.allCases + Notice.allCases {
            chat.take(.failure(level: .info, notify: notice))
            chat.pass(seconds: 1)
        }
        let expected = ["✅ [scheduler] 성공", "⚠️ [scheduler] 경고", "📊 [scheduler] 리포트"]
        #expect(chat.firstLines == expected + expected)
    }

    @Test func anErrorStaysOneWhateverItAsksToBeToldAs() {
        var chat = ChatModel()
        chat.take(.failure(notify: .success))
        #expect(chat.firstLines == ["🚨 [scheduler] 에러"])
    }

    @Test func twoHundredKindsOfCriticalInASecondAreTwoMessages() {
        var chat = ChatModel()
        for number in 0..<200 { chat.take(.failure("k\(number)", level: .critical)) }
        chat.pass(seconds: 60)
        #expect(chat.firstLines == ["🚨 [scheduler] 에러", "🚨 에러 199건 묶음"])
    }

    @Test func aDigestHasALineForEachKindTheMostFrequentFirst() {
        var chat = ChatModel()
        chat.take(.failure("first", level: .critical))
        for number in 0..<120 { chat.take(.failure(number % 10 == 0 ? "rare" : "common", level: .critical)) }
        chat.pass(seconds: 2)
        let lines = chat.texts.last!.split(separator: "\n")
        #expect(lines[0] == "🚨 에러 120건 묶음")
        #expect(lines[1] == "02-02 02:40:00 [scheduler] engine.run Ecommon: failed: common ×108")
        #expect(lines[2] == "02-02 02:40:00 [scheduler] engine.run Erare: failed: rare ×12")
    }

    @Test func aFewKindsInASecondAreToldOneByOne() {
        var chat = ChatModel()
        for number in 0..<5 { chat.take(.failure("k\(number)")) }
        chat.pass(seconds: 4)
        #expect(chat.firstLines == Array(repeating: "🚨 [scheduler] 에러", count: 5))
    }

    @Test func aReportIsNotMergedIntoAStormOfErrors() {
        var chat = ChatModel()
        for number in 0..<50 { chat.take(.failure("k\(number)")) }
        chat.take(.failure(level: .info, message: "daily", notify: .report))
        chat.pass(seconds: 10)
        #expect(chat.firstLines.contains("📊 [scheduler] 리포트"))
        #expect(chat.total == 51)
    }

    @Test func criticalGoesBeforeWhatWaits() {
        var chat = ChatModel()
        for number in 0..<4 { chat.take(.failure("k\(number)")) }
        chat.take(.failure("grave", level: .critical))
        chat.pass(seconds: 1)
        #expect(chat.texts.last?.contains("grave") == true)
    }

    @Test func aNumberOfCasesInAMessageIsNotTakenForTheSummarysOwn() {
        var chat = ChatModel()
        for _ in 0..<8 { chat.take(.failure(message: "주문 1,234 건 실패, 5건 남음")) }
        chat.drain()
        #expect(chat.total == 8)
    }

    @Test func tenThousandOfOneErrorAreTwoMessages() {
        var chat = ChatModel()
        for _ in 0..<10_000 { chat.take(.failure()) }
        chat.drain()
        #expect(chat.told.map(\.count) == [1, 9999])
    }

    @Test func kindsBeyondWhatIsRememberedAreStillCounted() {
        var chat = ChatModel()
        for number in 0..<10_000 { chat.take(.failure("k\(number)")) }
        #expect(chat.gate.counts.beyond == 10_000 - 4096)
        #expect(chat.rows.count < 5000)
        chat.drain()
        #expect(chat.total == 10_000)
    }

    @Test func withoutACooldownNothingIsHeldAndStillNoFlood() {
        var chat = ChatModel(cooldown: 0)
        for _ in 0..<500 { chat.take(.failure()) }
        chat.drain()
        #expect(chat.total == 500)
        #expect(chat.told.count == 2)
    }
}
