import Testing

@testable import LogDaemon

/// From where on records count again (contract section 3).
@Suite struct ResumptionTests {
    private func judge(_ resumption: inout Resumption, _ text: String, isContinued: Bool = false)
        -> Resumption.Verdict
    {
        Array(text.utf8).withUnsafeBufferPointer { resumption.judge($0, isContinued: isContinued) }
    }

    /// A connection that was just greeted, `bytesBefore` bytes of which wait.
    private func greeted(isTorn: Bool = false, unanswered: Int = 0, bytesBefore: Int = 0) -> Resumption {
        var resumption = Resumption(isTorn: isTorn, unanswered: unanswered)
        resumption.greet(bytesBefore: bytesBefore)
        return resumption
    }

    @Test func `an empty line behind what was there before is the answer`() {
        var resumption = greeted(bytesBefore: 6)
        #expect(judge(&resumption, "one\n") == .uncounted)
        #expect(judge(&resumption, "\r\n") == .uncounted)
        #expect(judge(&resumption, "two\n") == .uncounted)
        #expect(judge(&resumption, "\r\n") == .answered)
    }

    @Test func `the end of a line is no empty line`() {
        var resumption = greeted()
        #expect(judge(&resumption, "one") == .uncounted)
        #expect(judge(&resumption, "\n", isContinued: true) == .uncounted)
        #expect(judge(&resumption, "\n") == .answered)
    }

    @Test func `a torn line is skipped up to its end`() {
        var resumption = greeted(isTorn: true, bytesBefore: 2)
        #expect(judge(&resumption, "the") == .skipped)
        #expect(judge(&resumption, " rest\n") == .torn)
        #expect(judge(&resumption, "\n") == .answered)
    }

    @Test func `answers to earlier hellos are counted off, those that wait already too`() {
        var resumption = greeted(unanswered: 2, bytesBefore: 3)
        #expect(judge(&resumption, "\n") == .answeredEarlier)
        #expect(judge(&resumption, "a\n") == .uncounted)
        #expect(judge(&resumption, "\n") == .answeredEarlier)
        #expect(judge(&resumption, "b\n") == .uncounted)
        #expect(resumption.unanswered == 1)
        #expect(judge(&resumption, "\n") == .answered)
    }

    @Test func `what waited before a hello never answers it`() {
        var resumption = greeted(unanswered: 1, bytesBefore: 2)
        #expect(judge(&resumption, "\n") == .answeredEarlier)
        #expect(judge(&resumption, "\n") == .uncounted)
        #expect(judge(&resumption, "\n") == .answered)
    }
}
