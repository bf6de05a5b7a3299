import LogPipeline
import Testing

@testable import LogSinks

@Suite struct DrainStateMachineTests {
    private let second: UInt64 = 1_000_000_000

    private func machine(_ adjust: (inout DeliverySettings) -> Void = { _ in }) -> DrainStateMachine {
        var settings = DeliverySettings()
        adjust(&settings)
        return DrainStateMachine(settings)
    }

    @Test func nothingWaitsNothingHappens() {
        var machine = machine()
        #expect(machine.next(waiting: 0, now: 5) == .rest)
    }

    @Test func aFewRecordsGoWhenTheFirstHasWaitedLongEnough() {
        var machine = machine()
        #expect(machine.next(waiting: 1, now: second) == .wait(until: 6 * second))
        #expect(machine.next(waiting: 9, now: 3 * second) == .wait(until: 6 * second))
        #expect(machine.next(waiting: 9, now: 6 * second) == .deliver(limit: 1000))
    }

    @Test func aFullBatchGoesAtOnce() {
        var machine = machine()
        #expect(machine.next(waiting: 10, now: 0) == .deliver(limit: 1000))
    }

    @Test func aHurryDeliversWhatThereIs() {
        var machine = machine()
        machine.hurry()
        #expect(machine.next(waiting: 1, now: 0) == .deliver(limit: 1000))
    }

    @Test func whatCameDuringAnAttemptCountsItsTimeFromThen() {
        var machine = machine()
        machine.began(now: second)
        _ = machine.ended(.delivered, now: 4 * second)
        #expect(machine.next(waiting: 1, now: 4 * second) == .wait(until: 6 * second))
    }

    @Test func oneAlertAfterAsManyFailuresAsAreAllowed() {
        var machine = machine()
        var told: [DrainStateMachine.Effect] = []
        for attempt in 0..<5 {
            machine.began(now: UInt64(attempt) * 30 * second)
            told += machine.ended(.retry(after: nil, reason: "away"), now: UInt64(attempt) * 30 * second)
        }
        #expect(told.filter { $0 == .tell(.unreachable(reason: "away")) }.count == 1)
        #expect(told.firstIndex(of: .tell(.unreachable(reason: "away"))) == 3)
        #expect(machine.isUnreachable)
        machine.began(now: 150 * second)
        #expect(
            machine.ended(.delivered, now: 150 * second)
                == [.accept(parking: [:]), .tell(.recovered(wasUnreachable: true))])
        #expect(!machine.isUnreachable)
    }

    @Test func aFailureIsFollowedByAPauseAndASmallAttempt() {
        var machine = machine()
        machine.began(now: 0)
        _ = machine.ended(.retry(after: nil, reason: "away"), now: second)
        #expect(machine.next(waiting: 500, now: 2 * second) == .wait(until: 31 * second))
        #expect(machine.next(waiting: 500, now: 31 * second) == .deliver(limit: 10))
    }

    @Test func theSinksOwnPauseIsObeyed() {
        var machine = machine()
        machine.began(now: 0)
        _ = machine.ended(.retry(after: .seconds(7), reason: "slow down"), now: 0)
        #expect(machine.next(waiting: 1, now: second) == .wait(until: 7 * second))
    }

    @Test func anAttemptThatTakesTooLongIsAFailureThatIsNotTriedTwiceAtATime() {
        var machine = machine()
        machine.began(now: 0)
        #expect(machine.next(waiting: 9, now: second) == .wait(until: 60 * second))
        #expect(machine.next(waiting: 9, now: 60 * second) == .overdue)
        let effects = machine.attemptIsOverdue(now: 60 * second)
        #expect(effects.count == 1)
        #expect(machine.next(waiting: 9, now: 61 * second) == .wait(until: 120 * second))
        // Its answer counts all the same.
        #expect(machine.ended(.delivered, now: 70 * second).first == .accept(parking: [:]))
        #expect(machine.failures == 0)
    }

    @Test func aHurryTriesOnceWhileTheOutputIsAway() {
        var machine = machine()
        machine.began(now: 0)
        _ = machine.ended(.retry(after: nil, reason: "away"), now: 0)
        machine.hurry()
        #expect(machine.next(waiting: 3, now: 1) == .deliver(limit: 10))
        machine.began(now: 1)
        _ = machine.ended(.retry(after: nil, reason: "away"), now: 2)
        #expect(machine.next(waiting: 3, now: 3) == .wait(until: 2 + 30 * second))
    }
}
