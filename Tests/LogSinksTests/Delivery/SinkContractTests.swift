import LogModel
import LogPipeline
import LogSinks
import LogTesting
import Testing

/// The contract suite itself: a sink that keeps to it passes, one that breaks a rule is caught.
@Suite struct SinkContractTests {
    private func contract<S: Sink>(
        _ make: @escaping @Sendable () -> S, _ messages: @escaping @Sendable (S) async -> [String]
    )
        -> SinkContract<S>
    {
        SinkContract(makeSink: { make() }, delivered: { await messages($0) })
    }

    @Test func aGoodSinkPasses() async {
        var contract = contract({ ScriptedSink(refuse: { $0.service == "bad" ? "refused" : nil }) }) {
            await $0.messages
        }
        contract.spoil = { $0.service = "bad" }
        contract.interrupt = { sink, isReachable in
            if !isReachable { await sink.add(.retry(reason: "away")) }
        }
        #expect(await contract.violations() == [])
    }

    @Test func aSinkThatTakesARecordTwiceIsCaught() async {
        let violations = await contract({ ForgetfulSink(.keepsTwice) }) { await $0.messages }.violations()
        #expect(violations.count == 1)
        #expect(violations.first?.hasPrefix("a batch that comes twice is there once") == true)
    }

    @Test func aSinkThatMixesTheOrderIsCaught() async {
        let violations = await contract({ ForgetfulSink(.reverses) }) { await $0.messages }.violations()
        #expect(violations.contains { $0.hasPrefix("records arrive whole and in order") })
    }

    @Test func aSinkThatRefusesTheWholeBatchPassesThroughBisecting() async {
        var contract = contract({ ForgetfulSink(.refusesAll) }) { await $0.messages }
        contract.isIdempotent = false
        contract.spoil = { $0.service = "bad" }
        #expect(await contract.violations() == [])
    }
}

/// A sink with one fault.
private actor ForgetfulSink: Sink {
    enum Fault { case keepsTwice, reverses, refusesAll }

    nonisolated let name = "forgetful"
    private let fault: Fault
    private(set) var messages: [String] = []

    init(_ fault: Fault) { self.fault = fault }

    func deliver(_ batch: [LogRecord]) -> DeliveryOutcome {
        if fault == .refusesAll, batch.contains(where: { $0.service == "bad" }) {
            return .rejected(Dictionary(uniqueKeysWithValues: batch.indices.map { ($0, "the batch is bad") }))
        }
        messages += fault == .reverses ? batch.reversed().map(\.message) : batch.map(\.message)
        return .delivered
    }
}
