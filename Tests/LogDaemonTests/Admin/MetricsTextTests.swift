import LogModel
import LogTesting
import Testing

@testable import LogDaemon

struct MetricsTextTests {
    private func text(_ body: (inout MetricsText) -> Void) -> String {
        var page = MetricsText()
        body(&page)
        return String(decoding: page.bytes, as: UTF8.self)
    }

    @Test func `a family is its help, its type and its samples`() {
        let page = text {
            $0.family("x_total", .counter, "Things.")
            $0.sample(["a": "1", "b": "two"], 3)
            $0.sample([:], 4)
        }
        #expect(
            page
                == "# HELP x_total Things.\n# TYPE x_total counter\nx_total{a=\"1\",b=\"two\"} 3\nx_total 4\n"
        )
    }

    @Test func `a label's value can't end its quotes or its line`() {
        let page = text { $0.sample(["a": "q\" b\\ n\n주문"], 1) }
        #expect(page == "{a=\"q\\\" b\\\\ n\\n주문\"} 1\n")
    }

    @Test func `a histogram's buckets add up`() {
        let histogram = Histogram()
        for nanoseconds in [50_000, 100_000, 3_000_000, 60_000_000_000] as [UInt64] {
            histogram.record(nanoseconds: nanoseconds)
        }
        let lines = text { $0.histogram(["o": "s"], histogram.snapshot) }.split(separator: "\n")
        #expect(lines.first == "_bucket{o=\"s\",le=\"0.0001\"} 2")
        #expect(lines.contains("_bucket{o=\"s\",le=\"0.0025\"} 2"))
        #expect(lines.contains("_bucket{o=\"s\",le=\"0.005\"} 3"))
        #expect(lines.contains("_bucket{o=\"s\",le=\"30.0\"} 3"))
        #expect(
            lines.suffix(3).map(String.init) == [
                "_bucket{o=\"s\",le=\"+Inf\"} 4", "_sum{o=\"s\"} 60.00315", "_count{o=\"s\"} 4",
            ])
    }

    @Test(arguments: [
        (1.5, "1.500"), (0.0004, "0.000"), (-0.25, "-0.250"), (-1.25, "-1.250"), (12.0, "12.000"),
    ])
    func `decimals have three digits`(value: (Double, String)) {
        #expect(String(decoding: JSONNode.decimal(value.0).line, as: UTF8.self) == value.1 + "\n")
    }

    @Test func `the page shows text as text`() {
        #expect(StatusPage.escaped("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;")
    }

    @Test func `before the daemon runs it is starting`() {
        let clock = ManualClock(seconds: 1_769_914_800)
        let health = Health(clock: clock) { _, _ in }
        let vitals = DaemonVitals(health: health, counters: DaemonCounters(), clock: clock, zone: .utc)
        vitals.counters.drop("text", "to_stderr", 2)
        clock.advance(seconds: 5)
        let starting = StatusReport(vitals, isRunning: false)
        let json = String(decoding: starting.json.line, as: UTF8.self)
        #expect(
            json.contains(
                "\"started\":\"2026-02-01T03:00:00.000000+00:00\",\"uptime\":5.000,\"state\":\"STARTING\"")
        )
        #expect(json.contains("\"drops\":{\"text\":{\"to_stderr\":2}}"))
        health.raise(.partial, "store", "away")
        #expect(StatusReport(vitals, isRunning: true).state == "PARTIAL")
    }

    @Test(arguments: DaemonState.allCases)
    func `readiness is lost in the gravest states only`(state: DaemonState) {
        #expect(state.isReady == ![.stopping, .emergency, .critical].contains(state))
    }
}
