internal import LogModel
internal import Synchronization

/// Finds out whether errors that are to be told had been resolved before, without ever holding their alert up for
/// long: the store has a moment to say so, and a store that doesn't isn't asked again for a while.
package final class RecurrenceWatch: Sendable {
    /// Which of these fingerprints somebody had resolved; may take as long as it likes.
    package typealias Lookup = @Sendable (Set<String>) async throws -> Set<String>

    enum Answer: Equatable {
        case known(Set<String>)
        /// To be asked again when `wake` was called, or at this time.
        case soon(Int64)
    }

    /// Milliseconds that an alert waits for the answer.
    static let patience: Int64 = 250
    /// Milliseconds for which a store that failed or was too slow isn't asked.
    static let pause: Int64 = 30_000

    private struct State {
        var answers: [String: Bool] = [:]
        /// When the first question of this round was asked.
        var since: Int64?
        var isAsking = false
        var pausedUntil = Int64.min
        var hasFailed = false
        /// Answers to an earlier round's questions come too late.
        var round = 0

        /// Ends the round: what is known goes, since it may be otherwise at the next.
        mutating func close(_ fingerprints: Set<String>) -> Set<String> {
            let known = fingerprints.filter { answers[$0] == true }
            self = State(pausedUntil: pausedUntil, round: round + 1)
            return known
        }
    }

    private let lookup: Lookup
    private let state = Mutex(State())

    package init(lookup: @escaping Lookup) { self.lookup = lookup }

    /// What is known of these now; asks for the rest. Never blocks; `wake` is called when there is an answer.
    func answer(
        for fingerprints: Set<String>, at now: Int64, wake: @escaping @Sendable () -> Void
    ) -> Answer {
        let (answer, question) = state.withLock { state -> (Answer, (Set<String>, Int)?) in
            if state.hasFailed {
                state.pausedUntil = now + RecurrenceWatch.pause
                return (.known(state.close(fingerprints)), nil)
            }
            let unknown = fingerprints.subtracting(state.answers.keys)
            guard !unknown.isEmpty, now >= state.pausedUntil else {
                return (.known(state.close(fingerprints)), nil)
            }
            let since = state.since ?? now
            state.since = since
            guard now < since + RecurrenceWatch.patience else {
                if state.isAsking { state.pausedUntil = now + RecurrenceWatch.pause }
                return (.known(state.close(fingerprints)), nil)
            }
            defer { state.isAsking = true }
            return (.soon(since + RecurrenceWatch.patience), state.isAsking ? nil : (unknown, state.round))
        }
        if let (unknown, round) = question {
            Task {
                let found = try? await self.lookup(unknown)
                self.take(found, of: unknown, round)
                wake()
            }
        }
        return answer
    }

    private func take(_ found: Set<String>?, of asked: Set<String>, _ round: Int) {
        state.withLock { state in
            guard state.round == round else { return }
            state.isAsking = false
            guard let found else {
                state.hasFailed = true
                return
            }
            for fingerprint in asked { state.answers[fingerprint] = found.contains(fingerprint) }
        }
    }
}
