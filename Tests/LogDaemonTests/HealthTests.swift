import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogDaemon

/// States and conditions (contract section 7).
@Suite struct HealthTests {
    private let clock = ManualClock(seconds: 100)

    @Test func `nothing wrong is READY`() {
        let health = Health(clock: clock) { _, _ in }
        #expect(health.current.state == .ready && health.current.conditions.isEmpty)
    }

    @Test func `the gravest condition is the state and all are listed`() {
        let health = Health(clock: clock) { _, _ in }
        health.raise(.warning, "store", "records are parked")
        health.raise(.partial, "store", "unreachable")
        health.raise(.emergency, "text", "disk full")
        health.raise(.critical, "errors", "EACCES")
        #expect(health.current.state == .emergency)
        #expect(health.current.conditions.map(\.state) == [.emergency, .critical, .partial, .warning])
        health.clear(.emergency, "text")
        #expect(health.current.state == .critical)
    }

    @Test func `a condition that goes on keeps its beginning and takes the new message`() {
        let health = Health(clock: clock) { _, _ in }
        health.raise(.partial, "store", "refused")
        clock.advance(seconds: 60)
        health.raise(.partial, "store", "timed out")
        #expect(health.current.conditions.map(\.since.seconds) == [100])
        #expect(health.current.conditions.map(\.message) == ["timed out"])
    }

    @Test func `only what is new is told`() {
        let told = Mutex<[DaemonState]>([])
        let health = Health(clock: clock) { state, _ in told.withLock { $0.append(state) } }
        health.raise(.partial, "store", "refused")
        health.raise(.partial, "store", "refused")
        health.clear(.critical, "store")
        health.clear(.partial, "store")
        health.clear(.partial, "store")
        #expect(told.withLock { $0 } == [.partial, .ready])
    }
}
