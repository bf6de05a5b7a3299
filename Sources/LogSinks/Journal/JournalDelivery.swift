import Glibc
import LogModel

/// Where an entry goes: to journald, or to stderr while that is not there or refuses it.
/// Belongs to the journal's thread.
final class JournalDelivery {
    /// How often at most journald's socket is looked for.
    static let checkInterval: UInt64 = 1_000_000_000

    private let mode: JournalConfiguration.Mode
    private let clock: any Clock
    private let transport: any JournalTransport
    private let standardError: (String) -> Void
    private let events: (JournalEvent) -> Void
    private var isThere = false
    private var nextCheck: UInt64 = 0
    private var failing: SystemCallError?

    init(
        mode: JournalConfiguration.Mode, clock: any Clock, transport: any JournalTransport,
        standardError: @escaping (String) -> Void, events: @escaping (JournalEvent) -> Void
    ) {
        self.mode = mode
        self.clock = clock
        self.transport = transport
        self.standardError = standardError
        self.events = events
    }

    /// Tries journald alone; throws where it is not there or refuses the entry.
    func journal(_ entry: JournalEntry) throws(SystemCallError) {
        let now = clock.monotonicNanoseconds()
        if now >= nextCheck {
            nextCheck = now + JournalDelivery.checkInterval
            isThere = transport.isThere
        }
        do throws(SystemCallError) {
            guard isThere else { throw SystemCallError(code: ENOENT) }
            try transport.send(entry)
            tell(nil)
        } catch {
            // Many a host has no journald; that is a failure only where one was asked for.
            tell(!isThere && mode == .auto ? nil : error)
            throw error
        }
    }

    /// Tries journald, and stderr where that fails.
    func deliver(_ entry: JournalEntry) {
        do { try journal(entry) } catch {
            standardError(entry.standardErrorLine)
            events(.toStandardError(records: 1))
        }
    }

    private func tell(_ error: SystemCallError?) {
        guard error != failing else { return }
        failing = error
        events(error.map { .failing($0) } ?? .recovered)
    }
}
