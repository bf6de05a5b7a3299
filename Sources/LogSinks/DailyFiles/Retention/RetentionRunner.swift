package import LogModel
import Synchronization

/// Looks through the daily files at start, at midnight and hourly, on a background thread (contract section 8).
package final class RetentionRunner: Sendable {
    private let directory: String
    private let clock: any Clock
    private let events: @Sendable (RetentionEvent) -> Void
    private let settings: Mutex<Settings>
    private let queue = HandoffQueue<Order>()
    private let ending = Atomic<Bool>(false)
    private let thread = Mutex<PlainThread?>(nil)

    private struct Settings {
        var configuration: RetentionConfiguration
        var zone: ZoneRules
    }

    private enum Order: Sendable {
        case check(done: @Sendable () -> Void)
    }

    /// Does nothing before `start`. `directory` is `files.directory`; `events` is called on the thread, and from
    /// `reclaim`.
    package init(
        directory: String, configuration: RetentionConfiguration, zone: ZoneRules, clock: any Clock,
        events: @escaping @Sendable (RetentionEvent) -> Void
    ) {
        self.directory = directory
        self.clock = clock
        self.events = events
        settings = Mutex(Settings(configuration: configuration, zone: zone))
    }

    /// Starts the thread, and the first check. The writer is asked to close a day's file before that is compressed.
    package func start(besides writer: DailyFileWriter) {
        thread.withLock { thread in
            thread = PlainThread(name: "retention", background: true) { [self] in
                loop { writer.whileClosed($0, $1, $2) }
            }
        }
    }

    /// Applies a changed configuration, and checks at once.
    package func update(_ configuration: RetentionConfiguration, zone: ZoneRules) {
        settings.withLock { $0 = Settings(configuration: configuration, zone: zone) }
        check {}
    }

    /// Checks now; `done` is called on the thread, and not at all after `stop`.
    package func check(_ done: @escaping @Sendable () -> Void) {
        _ = queue.push(.check(done: done), bytes: 0)
    }

    /// The emergency clean-up of a full disk: deletes what is past its time, on the caller's thread; true where that
    /// freed anything.
    package func reclaim() -> Bool { sweep.deleteExpired(at: clock.now().seconds) > 0 }

    /// Breaks off what is being compressed and ends; false where that took longer than `limit`.
    package func stop(within limit: Duration) async -> Bool {
        ending.store(true, ordering: .relaxed)
        queue.close()
        return await thread.withLock { $0 }?.end(within: limit) ?? true
    }

    private var sweep: RetentionSweep {
        let settings = settings.withLock { $0 }
        return RetentionSweep(
            directory: directory, zone: settings.zone, configuration: settings.configuration, events: events)
    }

    private func loop(
        whileClosed: (DailyFileKind, CivilDate, @escaping @Sendable () -> Void) -> Bool
    ) {
        var orders: [Order] = []
        var due = Int64.min
        while true {
            let now = clock.now().seconds
            // A clock that was set back would else leave the files alone for as long.
            if now >= due || due - now > 3600 || !orders.isEmpty {
                sweep.run(
                    at: now, whileClosed: whileClosed, shouldStop: { ending.load(ordering: .relaxed) })
                due = RetentionSchedule.next(after: now, zone: settings.withLock { $0.zone })
            }
            for case .check(let done) in orders { done() }
            // In slices, since the time of day may be set while the thread sleeps.
            let pause = UInt64(min(max(due - clock.now().seconds, 1), 60)) * 1_000_000_000
            guard queue.takeAll(into: &orders, waitingFor: pause) != nil else { return }
        }
    }
}
