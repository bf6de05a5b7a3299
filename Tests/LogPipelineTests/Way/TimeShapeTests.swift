import LogModel
import LogTesting
import Testing

/// The reader of times remembers how the last one was written; that must only ever make it faster.
@Suite struct TimeShapeTests {
    private func texts(_ times: [String], fresh: Bool) throws -> [[String: [String]]] {
        var pipeline = try PipelineUnderTest(zone: try systemZone("Asia/Seoul"))
        return try times.map { time in
            if fresh { pipeline = try PipelineUnderTest(zone: try systemZone("Asia/Seoul")) }
            pipeline.feed(
                Array(
                    #"{"timestamp":"\#(time)","level":"INFO","message":"m","id":"00000000000070008000000000000000"}"#
                        .utf8 + [0x0A]))
            return pipeline.takeText().merging(pipeline.takeErrors()) { $0 + $1 }
        }
    }

    @Test(arguments: 0..<4)
    func `what was read before changes nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let dates = ["2026-02-01", "2026-02-02", "2024-02-29", "2026-02-30", "2026-2-01"]
        let clocks = ["00:00:00", "12:34:56", "23:59:59", "23:59:60", "24:00:00", "12:60:00", "1a:00:00"]
        let fractions = [
            "", ".1", ".123", ",123", ".123456", ".999999", ".12345678901234567890", ".", ".12x",
        ]
        let offsets = ["", "Z", "z", "+09:00", "+0900", "+09", "-03:30", "+09:60", "+09:00 "]
        let times = (0..<300).map { _ in
            // Mostly alike, as a client's are.
            func some(_ all: [String]) -> String {
                Int.random(in: 0..<3, using: &random) > 0
                    ? all[all.count > 5 ? 3 : 0] : all.randomElement(using: &random)!
            }
            return some(dates) + ["T", " "].randomElement(using: &random)! + clocks.randomElement(
                using: &random)! + some(fractions)
                + some(offsets)
        }
        #expect(try texts(times, fresh: false) == texts(times, fresh: true))
    }
}
