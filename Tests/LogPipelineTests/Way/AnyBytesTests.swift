import Foundation
import LogModel
import LogPipeline
import Testing

/// Whatever a client writes: no crash, no line lost, no two records in one (contract section 2).
@Suite struct AnyBytesTests {
    @Test(arguments: 0..<40)
    func `every line is one record or one control line, and stands in every output once`(seed: UInt64) throws
    {
        var fragments = ByteFragments(seed: seed)
        for _ in 0..<40 {
            let bytes = fragments.bytes(upTo: 30)
            var pipeline = try PipelineUnderTest()
            pipeline.feed(bytes)
            pipeline.finish()
            #expect(pipeline.outcomes.count == ByteFragments.lines(in: bytes).count)
            #expect(pipeline.takeText().values.joined().count == pipeline.records)
            #expect(pipeline.takeErrors().values.joined().count == pipeline.records)
        }
    }

    @Test(arguments: 0..<20)
    func `every error line is JSON with the ten keys in their order`(seed: UInt64) throws {
        var fragments = ByteFragments(seed: seed)
        let keys = [
            "timestamp", "trace_id", "level", "service", "module", "function", "message", "error_type",
            "stack_trace", "context",
        ]
        for _ in 0..<40 {
            var pipeline = try PipelineUnderTest()
            pipeline.feed(fragments.bytes(upTo: 30))
            pipeline.finish()
            for line in pipeline.takeErrors().values.joined() {
                // The grammar takes lone surrogates, Foundation doesn't.
                let text = line.replacing(#"\ud800"#, with: #"\ufffd"#)
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                #expect(Set(keys).isSubset(of: Set((object ?? [:]).keys)), "\(line)")
                let places = keys.compactMap { line.range(of: "\"\($0)\":")?.lowerBound }
                #expect(places == places.sorted() && places.count == keys.count, "\(line)")
            }
        }
    }

    @Test(arguments: 0..<20)
    func `no output has a control character or a line break inside a line`(seed: UInt64) throws {
        var fragments = ByteFragments(seed: seed)
        for _ in 0..<40 {
            var pipeline = try PipelineUnderTest()
            pipeline.feed(fragments.bytes(upTo: 30))
            pipeline.finish()
            let lines =
                Array(pipeline.takeText().values.joined()) + Array(pipeline.takeErrors().values.joined())
            for line in lines {
                let forbidden = line.unicodeScalars.first {
                    $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
                        || (0x2028...0x2029).contains($0.value)
                        || (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
                }
                #expect(forbidden == nil, "\(line.debugDescription)")
            }
        }
    }

    @Test(arguments: 0..<40)
    func `where the reads cut the bytes changes nothing`(seed: UInt64) throws {
        var fragments = ByteFragments(seed: seed)
        for _ in 0..<20 {
            // Long enough for lines over the limit.
            let bytes = fragments.bytes(upTo: 120)
            let whole = try run([bytes[...]])
            for _ in 0..<4 {
                #expect(try run(fragments.split(bytes)) == whole)
            }
            #expect(try run(bytes.map { [$0][...] }) == whole)
        }
    }

    private struct Result: Equatable {
        var outcomes: [LineOutcome]
        var counters: PipelineCounters
        var text: [String: [String]]
        var errors: [String: [String]]
    }

    /// Ids and trace ids that the daemon makes are taken out: they are random.
    private func run(_ pieces: [ArraySlice<UInt8>]) throws -> Result {
        var pipeline = try PipelineUnderTest(limit: 600)
        for piece in pieces { pipeline.feed(piece) }
        pipeline.finish()
        let made = /"id":"[0-9a-f-]{36}"|"trace_id":"[0-9a-f]{8}"|\(trace_id=[0-9a-f]{8}\)/
        return Result(
            outcomes: pipeline.outcomes, counters: pipeline.processor.counters,
            text: pipeline.takeText().mapValues { $0.map { $0.replacing(made, with: "made") } },
            errors: pipeline.takeErrors().mapValues { $0.map { $0.replacing(made, with: "made") } })
    }
}
