import LogModel
import LogPipeline
import LogTesting
import Testing

/// Text and error files in a zone, over midnight and both changes of daylight-saving time (contract section 5).
@Suite struct LocalTimeTests {
    /// The text line's time, the error line's timestamp, and the file's day, for a record of this timestamp.
    private func written(_ timestamp: String, zone: String, now: Int64) throws -> [String] {
        var pipeline = try PipelineUnderTest(zone: try systemZone(zone), clock: ManualClock(seconds: now))
        pipeline.feed("{\"timestamp\":\(timestamp),\"message\":\"m\"}\n".utf8)
        let text = pipeline.takeText()
        let error = pipeline.takeErrors()
        #expect(text.keys == error.keys)
        let line = text.values.first?.first ?? ""
        let object = error.values.first?.first ?? ""
        return [
            String(line.prefix(19)),
            String(object.dropFirst(#"{"timestamp":""#.count).prefix { $0 != "\"" }), text.keys.first ?? "",
        ]
    }

    @Test(arguments: [
        // Seoul, around its midnight (15:00 UTC).
        (
            #""2026-02-01T14:59:59.999999Z""#,
            ["2026-02-01 23:59:59", "2026-02-01T23:59:59.999999+09:00", "20260201"]
        ),
        (#""2026-02-01T15:00:00Z""#, ["2026-02-02 00:00:00", "2026-02-02T00:00:00+09:00", "20260202"]),
        (#""2026-02-01T23:59:59""#, ["2026-02-01 23:59:59", "2026-02-01T23:59:59+09:00", "20260201"]),
        (#""2026-02-02T00:00:00.5""#, ["2026-02-02 00:00:00", "2026-02-02T00:00:00.5+09:00", "20260202"]),
        ("1769958000", ["2026-02-02 00:00:00", "2026-02-02T00:00:00+09:00", "20260202"]),
    ])
    func `Seoul's midnight begins a day`(timestamp: String, expected: [String]) throws {
        #expect(try written(timestamp, zone: "Asia/Seoul", now: 1_769_958_000) == expected)
    }

    @Test(arguments: [
        // 2026-03-08: 02:00 EST becomes 03:00 EDT.
        (#""2026-03-08T06:59:59Z""#, ["2026-03-08 01:59:59", "2026-03-08T01:59:59-05:00", "20260308"]),
        (#""2026-03-08T07:00:00Z""#, ["2026-03-08 03:00:00", "2026-03-08T03:00:00-04:00", "20260308"]),
        (#""2026-03-08T01:59:59""#, ["2026-03-08 01:59:59", "2026-03-08T01:59:59-05:00", "20260308"]),
        (#""2026-03-08T03:00:00""#, ["2026-03-08 03:00:00", "2026-03-08T03:00:00-04:00", "20260308"]),
        (#""2026-03-09T04:00:00Z""#, ["2026-03-09 00:00:00", "2026-03-09T00:00:00-04:00", "20260309"]),
        (#""2026-03-09T03:59:59Z""#, ["2026-03-08 23:59:59", "2026-03-08T23:59:59-04:00", "20260308"]),
    ])
    func `New York's spring change skips an hour`(timestamp: String, expected: [String]) throws {
        #expect(try written(timestamp, zone: "America/New_York", now: 1_772_956_800) == expected)
    }

    @Test(arguments: [
        // 2026-11-01: 02:00 EDT becomes 01:00 EST; the hour comes twice.
        (#""2026-11-01T05:30:00Z""#, ["2026-11-01 01:30:00", "2026-11-01T01:30:00-04:00", "20261101"]),
        (#""2026-11-01T06:30:00Z""#, ["2026-11-01 01:30:00", "2026-11-01T01:30:00-05:00", "20261101"]),
        (#""2026-11-02T04:59:59Z""#, ["2026-11-01 23:59:59", "2026-11-01T23:59:59-05:00", "20261101"]),
        (#""2026-11-02T05:00:00Z""#, ["2026-11-02 00:00:00", "2026-11-02T00:00:00-05:00", "20261102"]),
    ])
    func `New York's autumn change repeats an hour`(timestamp: String, expected: [String]) throws {
        #expect(try written(timestamp, zone: "America/New_York", now: 1_793_530_000) == expected)
    }

    @Test func `several days are open at once, each record in its own`() throws {
        let zone = try systemZone("Asia/Seoul")
        // 2026-02-02, noon in Seoul.
        var pipeline = try PipelineUnderTest(zone: zone, clock: ManualClock(seconds: 1_770_001_200))
        for day in ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"] {
            pipeline.feed("{\"timestamp\":\"\(day)T12:00:00+09:00\",\"message\":\"of \(day)\"}\n".utf8)
        }
        let text = pipeline.takeText().mapValues(\.count)
        // Those out of [today - 2, tomorrow] are in today's.
        #expect(text == ["20260131": 1, "20260201": 1, "20260202": 3, "20260203": 1])
    }

    @Test func `the day changes under a running daemon`() throws {
        let clock = ManualClock(seconds: 1_769_957_999)
        var pipeline = try PipelineUnderTest(zone: try systemZone("Asia/Seoul"), clock: clock)
        pipeline.feed("{\"message\":\"before\"}\n".utf8)
        clock.advance(seconds: 1)
        pipeline.setTime(clock.now())
        pipeline.feed("{\"message\":\"after\"}\n".utf8)
        #expect(
            pipeline.takeText().mapValues { $0.map { String($0.suffix(6)) } } == [
                "20260201": ["before"], "20260202": [" after"],
            ])
    }
}
