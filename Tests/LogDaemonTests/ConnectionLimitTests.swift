import Testing

@testable import LogDaemon

/// How many clients are let in (contract section 9, intake.max_connections).
@Suite struct ConnectionLimitTests {
    @Test func `is what is configured where there are descriptors for that`() {
        let limit = ConnectionLimit(configured: 1024, descriptors: 1024 + ConnectionLimit.reserve)
        #expect(limit.connections == 1024)
        #expect(limit.reason == "intake.max_connections")
    }

    @Test func `leaves the daemon its own descriptors where there are few`() {
        let limit = ConnectionLimit(configured: 1024, descriptors: 1024)
        #expect(limit.connections == 1024 - ConnectionLimit.reserve)
        #expect(limit.reason == "the process may have 1024 descriptors open")
    }

    @Test func `lets some in however few descriptors there are`() {
        #expect(ConnectionLimit(configured: 1024, descriptors: 20).connections == ConnectionLimit.least)
        #expect(ConnectionLimit(configured: 2, descriptors: 20).connections == 2)
    }
}
