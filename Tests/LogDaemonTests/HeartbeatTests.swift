import LogTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import LogDaemon

/// Signs of life for systemd's watchdog come from the pipeline itself.
@Suite struct HeartbeatTests {
    private final class Station: Sendable {
        private let held = Mutex<[@Sendable () -> Void]>([])
        let isStuck = Atomic<Bool>(false)

        func take(_ passed: @escaping @Sendable () -> Void) {
            if isStuck.load(ordering: .relaxed) { held.withLock { $0.append(passed) } } else { passed() }
        }

        func goOn() {
            isStuck.store(false, ordering: .relaxed)
            for passed in held.withLock({ $0 }) { passed() }
        }
    }

    @Test(arguments: [0, 1])
    func `a station that is stuck holds back the sign, and one that goes on lets it come`(stuck: Int) {
        let loop = EmbeddedEventLoop()
        let stations = [Station(), Station()]
        let beats = Atomic<Int>(0)
        Heartbeat(
            stations: stations.map { station in { station.take($0) } }, eventLoop: loop, pause: .seconds(1)
        ) { beats.add(1, ordering: .relaxed) }.start()
        loop.run()
        #expect(beats.load(ordering: .relaxed) == 1)
        loop.advanceTime(by: .seconds(3))
        #expect(beats.load(ordering: .relaxed) == 4)
        stations[stuck].isStuck.store(true, ordering: .relaxed)
        loop.advanceTime(by: .seconds(60))
        #expect(beats.load(ordering: .relaxed) == 4)
        stations[stuck].goOn()
        loop.run()
        #expect(beats.load(ordering: .relaxed) == 5)
    }
}
