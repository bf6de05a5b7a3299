import LogSinks
import Synchronization

/// Takes what operators are to be told about the daemon, also before there is somebody to send it.
final class SystemAlertRelay: Sendable {
    private struct State {
        var early: [SystemAlert] = []
        var receiver: (@Sendable (SystemAlert) -> Void)?
    }

    /// More than this many can't come before the parts stand.
    private static let earlyLimit = 64
    private let state = Mutex(State())

    func raise(_ alert: SystemAlert) {
        let receiver = state.withLock { state in
            if state.receiver == nil, state.early.count < SystemAlertRelay.earlyLimit {
                state.early.append(alert)
            }
            return state.receiver
        }
        receiver?(alert)
    }

    /// Hands everything to this one from now on, and what came before.
    func connect(_ receiver: @escaping @Sendable (SystemAlert) -> Void) {
        let early = state.withLock { state in
            defer { state.early = [] }
            state.receiver = receiver
            return state.early
        }
        for alert in early { receiver(alert) }
    }
}
