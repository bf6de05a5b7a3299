package import LogModel
package import LogPipeline
internal import LogSinks

/// What every sink must keep to. A sink's tests make one of these and expect no violations.
///
///     let contract = SinkContract(makeSink: { MySink(...) }, delivered: { await $0.messages })
///     #expect(await contract.violations() == [])
package struct SinkContract<Subject: Sink>: Sendable {
    /// Makes a sink in front of an empty output.
    package var makeSink: @Sendable () async throws -> Subject
    /// The messages of the records that its output holds, in the output's order.
    package var delivered: @Sendable (Subject) async throws -> [String]
    /// Whether the same record (by `id`) that comes twice is there once.
    package var isIdempotent = true
    /// Makes a record one that the output refuses for good; nil where there is none such.
    package var spoil: (@Sendable (inout LogRecord) -> Void)?
    /// Makes the output unreachable, and reachable again; nil where that can't be done.
    package var interrupt: (@Sendable (Subject, _ isReachable: Bool) async throws -> Void)?

    package init(
        makeSink: @escaping @Sendable () async throws -> Subject,
        delivered: @escaping @Sendable (Subject) async throws -> [String]
    ) {
        self.makeSink = makeSink
        self.delivered = delivered
    }

    /// Tries everything; each string says what was broken.
    package func violations() async -> [String] {
        var found: [String] = []
        for (rule, check) in rules {
            do {
                if let violation = try await check(try await makeSink()) {
                    found.append("\(rule): \(violation)")
                }
            } catch {
                found.append("\(rule): \(error)")
            }
        }
        return found
    }

    private typealias Check = (Subject) async throws -> String?

    private var rules: [(String, Check)] {
        [
            ("it has a name", { $0.name.isEmpty ? "the name is empty" : nil }),
            ("an empty batch is delivered", emptyBatch),
            ("records arrive whole and in order", order),
            ("a batch that comes twice is there once", twice),
            ("only what can never be delivered is refused", refusal),
            ("what has to be retried arrives on a later attempt", interruption),
        ]
    }

    private func emptyBatch(_ sink: Subject) async throws -> String? {
        let outcome = await sink.deliver([])
        guard outcome == .delivered else { return "\(outcome)" }
        return difference(try await delivered(sink), [])
    }

    private func order(_ sink: Subject) async throws -> String? {
        let records = TestRecords.make(25)
        for batch in [records[0..<1], records[1..<20], records[20..<25]] {
            let outcome = await sink.deliver(Array(batch))
            guard outcome == .delivered else { return "\(outcome)" }
        }
        return difference(try await delivered(sink), records.map(\.message))
    }

    private func twice(_ sink: Subject) async throws -> String? {
        guard isIdempotent else { return nil }
        let records = TestRecords.make(6)
        for batch in [records[0..<4], records[0..<4], records[2..<6]] {
            let outcome = await sink.deliver(Array(batch))
            guard outcome == .delivered else { return "\(outcome)" }
        }
        return difference(try await delivered(sink), records.map(\.message))
    }

    private func refusal(_ sink: Subject) async throws -> String? {
        guard let spoil else { return nil }
        var records = TestRecords.make(8)
        spoil(&records[3])
        spoil(&records[7])
        let outcome = await BisectingSink(sink).deliver(records)
        guard case .rejected(let reasons) = outcome, Set(reasons.keys) == [3, 7] else { return "\(outcome)" }
        if reasons.values.contains("") { return "a reason is empty" }
        let good = records.indices.filter { $0 != 3 && $0 != 7 }.map { records[$0].message }
        return difference(try await delivered(sink), good)
    }

    private func interruption(_ sink: Subject) async throws -> String? {
        guard let interrupt else { return nil }
        let records = TestRecords.make(5)
        try await interrupt(sink, false)
        let outcome = await sink.deliver(records)
        guard case .retry(_, let reason) = outcome else { return "\(outcome) while it is unreachable" }
        if reason.isEmpty { return "the reason is empty" }
        try await interrupt(sink, true)
        // The first attempt may be what finds the broken connection.
        for _ in 0..<3 where await sink.deliver(records) == .delivered {
            return difference(try await delivered(sink), records.map(\.message))
        }
        return "it doesn't recover"
    }

    private func difference(_ found: [String], _ expected: [String]) -> String? {
        found == expected ? nil : "the output holds \(found), and not \(expected)"
    }
}
