import LogModel
import LogTesting
import Testing

@testable import LogPipeline

struct ServiceCountsTests {
    private func count(
        _ counts: inout ServiceCounts, _ name: String, escaped: Bool = false, _ level: Severity = .info
    ) {
        var text = OutputBuffer()
        text.append(text: name)
        counts.count(text.bytes, isEscaped: escaped, level)
    }

    @Test func `names of every length are told apart`() {
        var counts = ServiceCounts()
        let names =
            (1...128).map { String(repeating: "s", count: $0 - 1) + "x" } + [
                "aaaaaaaab", "aaaaaaaac", "baaaaaaab",
            ]
        for (index, name) in names.enumerated() {
            for _ in 0...index { count(&counts, name) }
        }
        let found = counts.snapshot.byService
        #expect(found.count == names.count)
        for (index, name) in names.enumerated() { #expect(found[name]?[1] == UInt64(index + 1)) }
    }

    @Test func `long names that begin and end alike are told apart`() {
        var counts = ServiceCounts()
        count(&counts, "service-number-1-of-many")
        count(&counts, "service-number-2-of-many")
        count(&counts, "service-number-2-of-many")
        #expect(
            counts.snapshot.byService == [
                "service-number-1-of-many": [0, 1, 0, 0, 0], "service-number-2-of-many": [0, 2, 0, 0, 0],
            ])
    }

    @Test func `what comes beyond the bound is counted as other`() {
        var counts = ServiceCounts()
        for number in 0..<1000 { count(&counts, "service \(number)") }
        count(&counts, String(repeating: "x", count: 129))
        count(&counts, "")
        let found = counts.snapshot
        #expect(found.byService.count == ServiceCounts.limit + 1)
        #expect(found.byService["other"]?[1] == UInt64(1002 - ServiceCounts.limit))
        #expect(found.total(.info) == 1002)
    }

    @Test func `levels are counted apart, and two spellings together`() {
        var counts = ServiceCounts()
        count(&counts, "주문", .error)
        count(&counts, "\\uc8fc\\ubb38", escaped: true, .critical)
        #expect(counts.snapshot.byService == ["주문": [0, 0, 0, 1, 1]])
    }
}

struct LiveTapTests {
    private func takers(_ tap: inout LiveTap, _ level: Severity, _ service: String) -> UInt8 {
        var text = OutputBuffer()
        text.append(text: service)
        return tap.takers(level, service: text.bytes)
    }

    private func isEmpty(_ taken: (RecordChunk, skipped: [Int])?) -> Bool { taken == nil }

    @Test func `nobody wants anything while nobody listens`() {
        var tap = LiveTap()
        #expect(tap.leastLevel == .max)
        #expect(isEmpty(tap.take()))
    }

    @Test func `each listener takes what it asked for`() {
        var tap = LiveTap()
        tap.listen(
            [
                .init(number: 0, minimumLevel: .debug, service: nil),
                .init(number: 3, minimumLevel: .error, service: "api"),
            ], through: LiveGate())
        #expect(tap.leastLevel == 0)
        #expect(takers(&tap, .debug, "api") == 0b0001)
        #expect(takers(&tap, .critical, "api") == 0b1001)
        #expect(takers(&tap, .critical, "apis") == 0b0001)
    }

    @Test func `a full listener misses records and the count of them is handed on`() {
        var tap = LiveTap()
        let gate = LiveGate()
        tap.listen(
            [
                .init(number: 0, minimumLevel: .debug, service: nil),
                .init(number: 1, minimumLevel: .debug, service: nil),
            ],
            through: gate)
        gate.setFull(1, true)
        #expect(takers(&tap, .info, "s") == 0b01)
        #expect(takers(&tap, .info, "s") == 0b01)
        #expect(tap.take()?.skipped.prefix(2) == [0, 2])
        gate.setFull(1, false)
        #expect(takers(&tap, .info, "s") == 0b11)
        #expect(isEmpty(tap.take()))
    }

    @Test func `what waits has a bound`() {
        var tap = LiveTap()
        tap.listen([.init(number: 0, minimumLevel: .debug, service: nil)], through: LiveGate())
        var record = OutputBuffer()
        for _ in 0...LiveTap.limit { record.append(UInt8(ascii: "x")) }
        tap.append(record.bytes, .info, takers: takers(&tap, .info, "s"))
        #expect(takers(&tap, .info, "s") == 0)
        let (chunk, skipped) = tap.take()!
        #expect((chunk.count, skipped[0]) == (1, 1))
        #expect(takers(&tap, .info, "s") == 1)
    }
}
