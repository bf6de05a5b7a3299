import Testing

@testable import LogSpool

@Suite struct CommitPolicyTests {
    private let millisecond: UInt64 = 1_000_000

    @Test func theFirstRecordAfterAPauseIsCommittedAtOnce() {
        var policy = CommitPolicy()
        #expect(policy.decide(now: 0) == .rest)
        policy.submitted(bytes: 100)
        #expect(policy.decide(now: 0) == .commit)
    }

    @Test func recordsThatFollowWaitForOneAnother() {
        var policy = CommitPolicy()
        policy.submitted(bytes: 100)
        policy.began(now: 50 * millisecond)
        policy.committed(bytes: 100)
        policy.submitted(bytes: 100)
        #expect(policy.decide(now: 51 * millisecond) == .wait(until: 60 * millisecond))
        #expect(policy.decide(now: 60 * millisecond) == .commit)
    }

    @Test func aFullGroupWaitsForNothing() {
        var policy = CommitPolicy()
        policy.submitted(bytes: 1)
        policy.began(now: 0)
        policy.committed(bytes: 1)
        policy.submitted(bytes: CommitPolicy.groupBytes - 1)
        #expect(policy.decide(now: 1) == .wait(until: 10 * millisecond))
        policy.submitted(bytes: 1)
        #expect(policy.decide(now: 1) == .commit)
    }

    @Test func aHurryWaitsForNothing() {
        var policy = CommitPolicy()
        policy.submitted(bytes: 1)
        policy.began(now: 0)
        policy.committed(bytes: 1)
        policy.hurry()
        policy.submitted(bytes: 1)
        #expect(policy.decide(now: 1) == .wait(until: 10 * millisecond))
        policy.hurry()
        #expect(policy.decide(now: 1) == .commit)
    }

    @Test func failuresAreTriedAgainMoreAndMoreSeldom() {
        var policy = CommitPolicy()
        policy.submitted(bytes: 1)
        var now: UInt64 = 0
        var pauses: [UInt64] = []
        for _ in 0..<8 {
            #expect(policy.decide(now: now) == .commit)
            policy.began(now: now)
            policy.failed(now: now)
            guard case .wait(let until) = policy.decide(now: now) else {
                Issue.record("no pause")
                return
            }
            pauses.append((until - now) / 1_000_000_000)
            now = until
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30, 30])
        policy.committed(bytes: 1)
        #expect(!policy.isFailing)
        #expect(policy.decide(now: now) == .rest)
    }

    @Test func aHurryDoesNotShortenThePauseAfterAFailure() {
        var policy = CommitPolicy()
        policy.submitted(bytes: 1)
        policy.began(now: 0)
        policy.failed(now: 0)
        policy.hurry()
        #expect(policy.decide(now: 1) == .wait(until: 1_000_000_000))
    }
}
