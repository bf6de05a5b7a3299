import LogModel
import LogSinks
import LogTesting
import Testing

/// Whatever comes, fails and dies: each record is told once, and the chat never gets more than it takes.
@Suite struct AlertPropertyTests {
    @Test(arguments: 1...120) func eachRecordIsToldOnceAloneOrInANumber(seed: UInt64) {
        var random = LogTesting.SeededGenerator(seed: seed)
        var chat = ChatModel(
            chat: seed % 2 == 0 ? "-7" : "7",
            cooldown: [0, 2000, 60_000, 300_000].randomElement(using: &random)!)
        var taken = 0
        for _ in 0..<Int.random(in: 5...60, using: &random) {
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<5:
                let kinds = [1, 3, 40, 40, 6000].randomElement(using: &random)!
                for _ in 0..<[1, 1, 2, 7, 300].randomElement(using: &random)! {
                    chat.take(record(kinds, &random))
                    taken += 1
                }
            case 5..<8: chat.pass(milliseconds: Int64.random(in: 1...400_000, using: &random))
            case 8: chat.answer = failure(&random)
            case 9: chat.answer = nil
            case 10: chat.restart()
            default:
                chat.now += Int64.random(in: -7_200_000...7_200_000, using: &random)
                chat.restart()
            }
            #expect(chat.total + chat.gate.outstanding == taken, "seed \(seed)")
        }
        chat.drain()
        chat.drain()
        #expect(chat.total == taken, "seed \(seed)")
        #expect(chat.gate.outstanding == 0, "seed \(seed)")
    }

    @Test(arguments: 1...60) func aChatGetsOneMessageASecondAndTwentyAMinuteAtMost(seed: UInt64) {
        var random = LogTesting.SeededGenerator(seed: seed)
        var chat = ChatModel(cooldown: 2000)
        for _ in 0..<3000 {
            chat.take(record(200, &random))
            chat.pass(milliseconds: Int64.random(in: 0...400, using: &random))
            if Int.random(in: 0..<500, using: &random) == 0 { chat.restart() }
        }
        chat.drain()
        let times = chat.told.map(\.time)
        for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= 1000) }
        for (first, twentyFirst) in zip(times, times.dropFirst(20)) {
            #expect(twentyFirst - first >= 60_000, "seed \(seed)")
        }
        #expect(chat.total == 3000, "seed \(seed)")
    }

    @Test(arguments: 1...40) func whatIsWrittenIsWhatIsRemembered(seed: UInt64) {
        var random = LogTesting.SeededGenerator(seed: seed)
        var one = ChatModel()
        var other = ChatModel()
        for _ in 0..<200 {
            let record = record(40, &random)
            let time = Int64.random(in: 0...20_000, using: &random)
            one.take(record)
            other.take(record)
            other.restart()
            one.pass(milliseconds: time)
            other.pass(milliseconds: time)
        }
        #expect(one.texts == other.texts, "seed \(seed)")
    }

    private func record(_ kinds: Int, _ random: inout LogTesting.SeededGenerator) -> LogRecord {
        let kind = "k\(Int.random(in: 0..<kinds, using: &random))"
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .failure(kind, level: .critical)
        case 1: return .failure(kind, level: .info, notify: Notice.allCases.randomElement(using: &random)!)
        case 2: return .failure(kind, level: .warning)
        default: return .failure(kind, message: "\(kind) \\ 12건\nnext 3 건", service: "a\\nb")
        }
    }

    private func failure(_ random: inout LogTesting.SeededGenerator) -> TelegramAnswer {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .tooMany(milliseconds: Int64.random(in: 1000...90_000, using: &random))
        case 1: .refused(.chat, reason: "403 Forbidden")
        case 2: .refused(.message, reason: "400 Bad Request: 7건")
        case 3: .moved(to: "-100\(Int.random(in: 1...9, using: &random))")
        default: .unavailable(reason: "502 Bad Gateway")
        }
    }
}
