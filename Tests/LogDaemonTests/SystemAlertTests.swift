import LogModel
import LogSinks
import LogSpool
import LogTesting
import Logging
import Synchronization
import Testing

@testable import LogDaemon

/// Contract section 7, the column "Telegram": which faults operators are told of.
@Suite struct SystemAlertTests {
    private let told = AlertBox()
    private let events: PartEvents

    init() {
        let clock = ManualClock()
        events = PartEvents(
            health: Health(clock: clock) { _, _ in },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, counters: DaemonCounters())
        let box = told
        events.alerts.connect { box.add($0) }
    }

    @Test func aFileThatCantBeWrittenAndAFullDiskAreTold() {
        let since = Timestamp(seconds: 0)
        events.files(.failing(.errors, SystemCallError(code: 5), since: since))
        events.files(.diskFull(.text, since: since))
        events.files(.recovered(.text))
        #expect(
            told.all == [.fileFailing(.errors, reason: "\(SystemCallError(code: 5))"), .diskFull(.text)])
    }

    @Test func aStoreThatIsGoneIsToldOnceItCountsAsGoneAndSoIsItsReturn() {
        events.delivery("store", .failed(attempt: 1, reason: "refused"))
        #expect(told.all.isEmpty)
        events.delivery("store", .unreachable(reason: "refused", waiting: 4))
        events.delivery("store", .recovered(wasUnreachable: true, waiting: 5))
        #expect(told.all == [.storeUnreachable(reason: "refused", waiting: 4), .storeBack(waiting: 5)])
    }

    @Test func whatAStoreWarnsOfIsInTheStateAsLongAsItHolds() {
        events.delivery("store", .warns([.parked, .dropped]))
        #expect(
            events.health.current.conditions.map(\.message) == [
                "records are parked; the spool was full: records were dropped"
            ])
        events.delivery("store", .warns([]))
        #expect(events.health.current.state == .ready)
    }

    @Test func aSpoolThatFailsIsToldByWhatFailed() {
        events.spoolFailed(.full)
        events.spoolFailed(.failed(code: 10, message: "disk I/O error"))
        #expect(
            told.all == [.spoolDiskFull, .spoolFailing(reason: "the spool failed: disk I/O error")])
    }

    @Test func whatWasFoundBeforeThereWasSomebodyToTellIsToldThen() {
        let relay = SystemAlertRelay()
        relay.raise(.spoolDiskFull)
        let box = AlertBox()
        relay.connect { box.add($0) }
        relay.raise(.diskFull(.errors))
        #expect(box.all == [.spoolDiskFull, .diskFull(.errors)])
    }

    @Test func telegramsOwnTroubleIsAWarningAndNoAlert() {
        events.alerts(.failing(reason: "chat 1: no answer"))
        #expect(events.health.current.state == .warning)
        events.alerts(.recovered)
        #expect(events.health.current.state == .ready)
        #expect(told.all.isEmpty)
    }

    private final class AlertBox: Sendable {
        private let alerts = Mutex<[SystemAlert]>([])

        func add(_ alert: SystemAlert) { alerts.withLock { $0.append(alert) } }
        var all: [SystemAlert] { alerts.withLock { $0 } }
    }
}
