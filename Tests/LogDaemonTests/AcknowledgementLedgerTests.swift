import LogTesting
import Testing

@testable import LogDaemon

/// Which records are safe, and what is answered (contract section 3).
@Suite struct AcknowledgementLedgerTests {
    @Test func `records are acknowledged once what they need is done`() {
        var ledger = AcknowledgementLedger()
        ledger.note(count: 3, needed: SafetyProgress(text: 1, errors: 0, spool: 2))
        #expect(ledger.settle(SafetyProgress(text: 1, errors: 9, spool: 1), acknowledges: true) == [])
        #expect(
            ledger.settle(SafetyProgress(text: 1, errors: 9, spool: 2), acknowledges: true) == [
                .acknowledged(3)
            ])
        #expect(ledger.isSettled)
    }

    @Test func `a later record that is safe waits for an earlier one that isn't`() {
        var ledger = AcknowledgementLedger()
        ledger.note(count: 1, needed: SafetyProgress(text: 5))
        ledger.note(count: 2, needed: SafetyProgress(errors: 1))
        #expect(ledger.settle(SafetyProgress(text: 4, errors: 1), acknowledges: true) == [])
        #expect(ledger.settle(SafetyProgress(text: 5, errors: 1), acknowledges: true) == [.acknowledged(2)])
    }

    @Test func `one number answers for many records`() {
        var ledger = AcknowledgementLedger()
        for count in 1...1000 { ledger.note(count: count, needed: SafetyProgress(text: UInt64(count))) }
        #expect(ledger.settle(SafetyProgress(text: 700), acknowledges: true) == [.acknowledged(700)])
        #expect(ledger.settle(SafetyProgress(text: 1000), acknowledges: true) == [.acknowledged(1000)])
    }

    @Test func `without acks only a flush is answered`() {
        var ledger = AcknowledgementLedger()
        ledger.note(count: 2, needed: SafetyProgress(text: 1))
        ledger.noteFlush(at: 2)
        ledger.noteFlushes(needed: SafetyProgress(text: 1))
        ledger.note(count: 4, needed: SafetyProgress(text: 2))
        #expect(ledger.settle(SafetyProgress(text: 2), acknowledges: false) == [.acknowledged(2)])
        #expect(!ledger.waitsForFlush)
    }

    @Test func `each of many flushes is answered, with the count that it was asked for at`() {
        var ledger = AcknowledgementLedger()
        for count in [1, 1, 1, 2] { ledger.noteFlush(at: count) }
        ledger.noteFlushes(needed: SafetyProgress(text: 1))
        ledger.noteFlush(at: 2)
        #expect(
            ledger.settle(SafetyProgress(text: 1), acknowledges: false)
                == [1, 1, 1, 2].map { .acknowledged($0) })
        ledger.noteFlushes(needed: SafetyProgress(text: 2))
        #expect(ledger.settle(SafetyProgress(text: 2), acknowledges: false) == [.acknowledged(2)])
    }

    @Test func `a flush of nothing is answered at once`() {
        var ledger = AcknowledgementLedger()
        ledger.noteFlush(at: 0)
        ledger.noteFlushes(needed: SafetyProgress())
        #expect(ledger.settle(SafetyProgress(), acknowledges: true) == [.acknowledged(0)])
    }

    @Test func `a flush waits for the text lines of errors that are safe without them`() {
        var ledger = AcknowledgementLedger()
        ledger.note(count: 3, needed: SafetyProgress(errors: 1, spool: 1))
        let safe = SafetyProgress(errors: 1, spool: 1)
        #expect(ledger.settle(safe, acknowledges: true) == [.acknowledged(3)])
        ledger.noteFlush(at: 2)
        ledger.noteFlushes(needed: SafetyProgress(text: 1, errors: 1, spool: 1))
        #expect(ledger.settle(safe, acknowledges: true) == [])
        // Never fewer than were told before.
        #expect(
            ledger.settle(SafetyProgress(text: 1, errors: 1, spool: 1), acknowledges: true) == [
                .acknowledged(3)
            ])
    }

    @Test func `every flush has an answer of its own`() {
        var ledger = AcknowledgementLedger()
        ledger.note(count: 1, needed: SafetyProgress(text: 1))
        ledger.noteFlush(at: 1)
        ledger.noteFlushes(needed: SafetyProgress(text: 1))
        ledger.noteFlush(at: 1)
        ledger.noteFlushes(needed: SafetyProgress(text: 1))
        let replies = ledger.settle(SafetyProgress(text: 1), acknowledges: true)
        #expect(replies == [.acknowledged(1), .acknowledged(1)])
    }

    @Test(arguments: 0..<50)
    func `no number is told before all records up to it are safe, and none is told twice`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ledger = AcknowledgementLedger()
        var needed: [SafetyProgress] = []
        var done = SafetyProgress()
        var told = 0
        for _ in 0..<500 {
            if Bool.random(using: &random) {
                // What a record needs is never less than what is done, and at most the next hand-off.
                needed.append(
                    SafetyProgress(
                        text: Bool.random(using: &random) ? done.text + 1 : 0,
                        errors: done.errors + UInt64.random(in: 0...1, using: &random),
                        spool: done.spool + UInt64.random(in: 0...1, using: &random)))
                ledger.note(count: needed.count, needed: needed[needed.count - 1])
            } else {
                done.text += UInt64.random(in: 0...1, using: &random)
                done.errors += UInt64.random(in: 0...1, using: &random)
                done.spool += UInt64.random(in: 0...1, using: &random)
            }
            for case .acknowledged(let count) in ledger.settle(done, acknowledges: true) {
                #expect(count > told)
                told = count
            }
            #expect(told == needed.prefix { done.covers($0) }.count)
        }
    }
}

@Suite struct HandoffLedgerTests {
    @Test func `a hand-off is done when the writer is through with its ticket`() {
        var ledger = HandoffLedger()
        ledger.handedOff(ticket: 10, through: 0)
        ledger.handedOff(ticket: 14, through: 0)
        ledger.settle(through: 13)
        #expect(ledger.done == 1 && ledger.next == 3)
        ledger.settle(through: 14)
        #expect(ledger.done == 2)
    }

    @Test func `what a writer that is gone was to take is never done`() {
        var ledger = HandoffLedger()
        ledger.handedOff(ticket: nil, through: 0)
        ledger.settle(through: .max - 1)
        #expect(ledger.done == 0)
    }

    @Test func `forgets what is done, though nobody asks`() {
        var ledger = HandoffLedger()
        for ticket in 1...1000 as ClosedRange<UInt64> {
            ledger.handedOff(ticket: ticket, through: ticket - 1)
        }
        #expect(ledger.open.count == 1)
    }
}
