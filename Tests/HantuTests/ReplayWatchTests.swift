import Testing

@testable import hantu

struct ReplayWatchTests {
    /// What a daemon answers that was started at 12:00:00 and has run for so many seconds.
    private func status(
        at uptime: Double, waiting: Int, oldest: String? = nil, parked: Int = 0, failures: Int = 0
    ) throws -> JSONValue {
        let time = oldest.map { "\"2026-02-01T\($0)+09:00\"" } ?? "null"
        let text = """
            {"started":"2026-02-01T12:00:00.000000+09:00","uptime":\(uptime),"outputs":{
            "spool":{"records":{"store":\(waiting)},"parked":{"store":\(parked)},"oldest":{"store":\(time)}},
            "store":{"failures":\(failures),"last_failure":"refused"}}}
            """
        return try #require(JSONValue(Array(text.utf8)))
    }

    @Test func `what waits less than at the first look is through`() throws {
        var watch = ReplayWatch()
        #expect(watch.look(at: try status(at: 10, waiting: 80, oldest: "12:00:09.900")) == .going(0))
        #expect(watch.look(at: try status(at: 11, waiting: 30, oldest: "12:00:09.900")) == .going(50))
        // More came meanwhile than went.
        #expect(watch.look(at: try status(at: 12, waiting: 90, oldest: "12:00:09.900")) == .going(0))
        #expect(watch.look(at: try status(at: 13, waiting: 0)) == .done(parked: 0))
    }

    @Test func `what came later is not waited for`() throws {
        var watch = ReplayWatch()
        #expect(watch.look(at: try status(at: 10, waiting: 5, oldest: "12:00:10")) == .going(0))
        #expect(
            watch.look(at: try status(at: 60, waiting: 500, oldest: "12:00:10.001", parked: 3))
                == .done(parked: 3))
    }

    @Test func `a store that takes nothing ends it`() throws {
        var watch = ReplayWatch()
        #expect(
            watch.look(at: try status(at: 10, waiting: 5, oldest: "12:00:09", failures: 1))
                == .stuck(reason: "refused", waiting: 5))
    }

    @Test func `where there is no spool nothing waits`() throws {
        var watch = ReplayWatch()
        #expect(watch.look(at: .object([])) == .done(parked: 0))
    }
}
