import LogModel
import LogSinks
import LogSpool
import LogTesting
import Testing

/// From the spool to every chat, whatever dies on the way (contract section 5, Telegram, and section 7).
@Suite struct AlertDeliveryTests {
    @Test func everyChatIsTold() async throws {
        let bench = try AlertBench(chats: ["1", "-2", "@channel"])
        try await bench.append(.failure("a"))
        for chat in ["1", "-2", "@channel"] { #expect(bench.bot.texts(chat).count == 1) }
        #expect(bench.spool.waiting(for: .alerts) == 0)
    }

    @Test func aChatThatHangsDoesntHoldTheOthers() async throws {
        let bench = try AlertBench(chats: ["1", "2"])
        bench.bot.hang("2")
        try await bench.append(.failure("a"))
        await bench.pass(seconds: 1)
        try await bench.append(.failure("b"))
        #expect(bench.bot.texts("1").count == 2)
        #expect(bench.bot.texts("2").isEmpty)
        bench.bot.release()
        await bench.pass(seconds: 3)
        #expect(bench.bot.total("2") == 2)
    }

    @Test func whatIsHeldBackOutlivesAKilledDaemon() async throws {
        var bench = try AlertBench()
        try await bench.append((0..<20).map { _ in .failure("a") })
        await bench.pass(seconds: 1)
        await bench.kill()
        bench = try AlertBench(after: bench)
        await bench.settle()
        #expect(bench.bot.texts().count == 1)
        await bench.pass(seconds: 300)
        #expect(bench.bot.total() == 20)
        #expect(bench.bot.texts().last?.hasPrefix("🔁 [scheduler] 같은 에러 19건 더 발생 (5분)") == true)
    }

    @Test func whatWaitsForAChatThatIsAwayOutlivesRestarts() async throws {
        var bench = try AlertBench()
        let away = Result<HTTPResponse, BotUnreachable>.failure(BotUnreachable(reason: "away"))
        for round in 0..<3 {
            bench.bot.answer("1", away, away, away)
            try await bench.append((0..<8).map { .failure("k\(round)\($0)", level: .critical) })
            await bench.pass(seconds: 2)
            await bench.kill()
            bench = try AlertBench(after: bench)
            await bench.settle()
        }
        await bench.pass(seconds: 150)
        #expect(bench.bot.total() == 24)
    }

    @Test(arguments: [
        FaultPoint.alertsTaken, .advanceBeforeCommit, .advanceAfterCommit, .alertsSentBeforeCommit,
        .alertsSentAfterCommit,
    ])
    func aSpoolThatDiesAtAnyStepLosesNothing(point: FaultPoint) async throws {
        let copies = CrashCopies(at: point)
        let bench = try AlertBench(faults: FaultPoints { copies.take(at: $0) })
        copies.observe(bench)
        for round in 0..<4 {
            copies.appended(6)
            try await bench.append((0..<6).map { .failure("k\(round)\($0 / 2)") })
            await bench.pass(seconds: 1)
        }
        await bench.kill()
        #expect(copies.all.count > 1)
        for copy in copies.all {
            let next = try AlertBench(in: copy.directory, at: copy.time)
            await next.pass(seconds: 310)
            #expect(copy.told + next.bot.total() >= copy.appended, "\(point)")
        }
    }

    @Test func withoutASpoolThatWorksTheDaemonsOwnAlertsStillGo() async throws {
        let bench = try AlertBench()
        await bench.settle()
        bench.spool.close()
        bench.delivery.raise(.spoolFailing(reason: "I/O error"))
        await bench.settle()
        #expect(bench.bot.texts().first?.hasPrefix("🚨 [hantu-logd] 에러\n") == true)
        #expect(bench.bot.texts().first?.contains("I/O error") == true)
        #expect(bench.told.contains { if case .spoolFailed = $0 { true } else { false } })
    }

    @Test func theDaemonsOwnAlertsAreUnderTheCooldownAndGoodNewsIsToldOnce() async throws {
        let bench = try AlertBench()
        for _ in 0..<10 {
            bench.delivery.raise(.storeUnreachable(reason: "connection refused", waiting: 3))
            await bench.settle()
        }
        await bench.pass(seconds: 2)
        bench.delivery.raise(.storeBack(waiting: 3))
        await bench.settle()
        #expect(bench.bot.texts().count == 2)
        #expect(bench.bot.texts().last?.hasPrefix("✅ [hantu-logd] 성공\n") == true)
        await bench.pass(seconds: 300)
        #expect(bench.bot.texts().last?.hasPrefix("🔁 [hantu-logd] 같은 에러 9건 더 발생 (5분)") == true)
    }

    @Test func thatTheStoreIsBackIsToldToWhoHeardThatItWasGoneAlsoAfterAKill() async throws {
        let bench = try AlertBench()
        bench.delivery.raise(.storeBack(waiting: 0))
        await bench.settle()
        #expect(bench.bot.texts().isEmpty)
        bench.delivery.raise(.storeUnreachable(reason: "connection refused", waiting: 3))
        await bench.pass(seconds: 2)
        await bench.kill()
        let next = try AlertBench(after: bench)
        for _ in 0..<2 {
            next.delivery.raise(.storeBack(waiting: 3))
            await next.pass(seconds: 2)
        }
        #expect(next.bot.texts().map { $0.prefix(1) } == ["🚨", "✅"])
    }

    @Test func aSpoolThatOverflowsIsTold() async throws {
        let bench = try AlertBench(maximumBytes: 200_000)
        bench.bot.hang("1")
        try await bench.append(.failure("first"))
        let large = String(repeating: "x", count: 20_000)
        for number in 0..<30 {
            try bench.spool.append([
                TestRecords.chunk([.failure("k\(number)", message: large)], for: [.store, .alerts])
            ])
        }
        bench.bot.release()
        await bench.pass(seconds: 5)
        #expect(bench.bot.texts().contains { $0.contains("최대 크기를 넘어") || $0.contains("묶음") })
    }

    @Test func aRefusalIsToldOnceAndDoesntComeAgain() async throws {
        let bench = try AlertBench(chats: ["1", "2"])
        let no = ScriptedBot.no(403, "Forbidden: bot was blocked by the user")
        bench.bot.answer("2", no, no, no)
        for number in 0..<5 {
            try await bench.append(.failure("k\(number)"))
            await bench.pass(seconds: 1)
        }
        let reason = "403 Forbidden: bot was blocked by the user"
        #expect(
            bench.told == [
                .refused(chat: "2", reason: reason), .failing(reason: "chat 2: refused: \(reason)"),
            ])
        #expect(bench.bot.total("1") == 5)
    }

    @Test func theTokenIsInNothingThatIsTold() async throws {
        let bench = try AlertBench()
        let leak = "Could not resolve http://h/bot\(AlertBench.token)/sendMessage"
        bench.bot.answer("1", .failure(BotUnreachable(reason: leak)))
        try await bench.append(.failure("a"))
        #expect(bench.told.count == 1)
        #expect(!"\(bench.told)".contains("secret-token"))
        #expect(!"\(await bench.delivery.status())".contains("secret-token"))
    }

    @Test func aTestIsSentToEveryChatAndAnsweredInWords() async throws {
        let bench = try AlertBench(chats: ["1", "2"])
        bench.bot.answer("2", ScriptedBot.no(400, "Bad Request: chat not found"))
        let results = await bench.delivery.sendTest()
        #expect(results.map(\.chat) == ["1", "2"])
        #expect(results.map(\.succeeded) == [true, false])
        #expect(results[0].text == "전송했습니다. (message_id 1)")
        #expect(results[1].text.contains("400 Bad Request: chat not found"))
        #expect(bench.bot.texts("1").first?.hasPrefix("✅ [hantu-logd] 성공\n") == true)
        #expect(try await AlertBench(chats: []).delivery.sendTest().isEmpty)
    }

    @Test func chatsComeAndGoWithoutARestart() async throws {
        let bench = try AlertBench(chats: ["1"])
        try await bench.append(.failure("a"), .failure("a"))
        await bench.delivery.change(AlertBench.settings(["2"]))
        await bench.settle()
        #expect(bench.told == [.forgotten(chat: "1", records: 1)])
        try await bench.append(.failure("b"))
        #expect(bench.bot.texts("2").count == 1)
        #expect(try bench.spool.savedAlerts().rows.allSatisfy { $0.chat == "2" })
    }

    @Test func whatIsKnownWaitsWhileAlertsAreSwitchedOff() async throws {
        let bench = try AlertBench(chats: ["1"])
        try await bench.append(.failure("a"), .failure("a"))
        await bench.delivery.change(AlertBench.settings([]))
        try await bench.append(.failure("b"))
        #expect(bench.bot.texts().count == 1)
        await bench.delivery.change(AlertBench.settings(["1"]))
        await bench.pass(seconds: 301)
        #expect(bench.bot.total() == 3)
    }
}
