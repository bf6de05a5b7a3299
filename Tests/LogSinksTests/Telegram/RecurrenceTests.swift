import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

/// An alert says that its error had been resolved, where the store knows it in time.
@Suite struct RecurrenceTests {
    /// What the store is asked, and how it answers.
    private final class Asked: Sendable {
        enum Behaviour { case answers, fails, hangs }

        let questions = Mutex<[Set<String>]>([])
        let behaviour = Mutex(Behaviour.answers)
        private let resolved: Set<String>

        init(resolved: Set<String>) { self.resolved = resolved }

        func lookup(_ fingerprints: Set<String>) async throws -> Set<String> {
            questions.withLock { $0.append(fingerprints) }
            switch behaviour.withLock({ $0 }) {
            case .answers: return resolved.intersection(fingerprints)
            case .fails: throw CancellationError()
            case .hangs:
                // For ever, as far as this test goes.
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                return []
            }
        }

        var count: Int { questions.withLock { $0.count } }
    }

    private func fingerprint(_ message: String) -> String { LogRecord.failure(message).computedFingerprint }

    private func bench(_ asked: Asked) throws -> AlertBench {
        try AlertBench(recurrence: RecurrenceWatch { try await asked.lookup($0) })
    }

    @Test func anErrorThatWasResolvedComesWithAMark() async throws {
        let bench = try bench(Asked(resolved: [fingerprint("back")]))
        try await bench.append(.failure("back"), .failure("new"))
        await bench.pass(seconds: 3)
        let texts = bench.bot.texts()
        #expect(texts.count == 2)
        #expect(texts.filter { $0.contains("다시 발생") }.count == 1)
        #expect(texts.first { $0.contains("다시 발생") }?.contains("back") == true)
    }

    @Test func whatTheCooldownHoldsIsNotAskedAbout() async throws {
        let asked = Asked(resolved: [])
        let bench = try bench(asked)
        try await bench.append(.failure("a"))
        try await bench.append((0..<50).map { _ in .failure("a") })
        #expect(asked.count == 1)
    }

    @Test func aStoreThatHangsHoldsNoAlertUpForLong() async throws {
        let asked = Asked(resolved: [fingerprint("a"), fingerprint("b")])
        asked.behaviour.withLock { $0 = .hangs }
        let bench = try bench(asked)
        try await bench.append(.failure("a"))
        #expect(bench.bot.texts().isEmpty)
        bench.clock.advance(seconds: 0, nanoseconds: 250_000_000)
        await bench.settle()
        #expect(bench.bot.texts().count == 1)
        #expect(bench.bot.texts().first?.contains("다시 발생") == false)
        // And is left alone for a while: the next goes at once.
        await bench.pass(seconds: 2)
        try await bench.append(.failure("b"))
        #expect(bench.bot.texts().count == 2)
        #expect(asked.count == 1)
    }

    @Test func aStoreThatFailsIsAskedAgainAfterAWhile() async throws {
        let asked = Asked(resolved: [fingerprint("a"), fingerprint("b"), fingerprint("c")])
        asked.behaviour.withLock { $0 = .fails }
        let bench = try bench(asked)
        try await bench.append(.failure("a"))
        #expect(bench.bot.texts().count == 1)
        await bench.pass(seconds: 5)
        try await bench.append(.failure("b"))
        #expect(bench.bot.texts().count == 2)
        #expect(asked.count == 1)
        asked.behaviour.withLock { $0 = .answers }
        await bench.pass(seconds: 30)
        try await bench.append(.failure("c"))
        #expect(asked.count == 2)
        #expect(bench.bot.texts().last?.contains("다시 발생") == true)
    }
}
