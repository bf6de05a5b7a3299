import LogModel
import Synchronization

/// The daemon's state, the gravest first (contract section 7).
enum DaemonState: String, CaseIterable, Sendable {
    case stopping = "STOPPING"
    case emergency = "EMERGENCY"
    case critical = "CRITICAL"
    case partial = "PARTIAL"
    case degraded = "DEGRADED"
    case warning = "WARNING"
    case ready = "READY"
}

/// Something that isn't as it should be.
struct Condition: Equatable, Sendable {
    var state: DaemonState
    /// The output or part that it concerns.
    var output: String
    var since: Timestamp
    var message: String
}

/// What holds at the moment, and the state that follows from it.
final class Health: Sendable {
    private struct Key: Hashable {
        var output: String
        var state: DaemonState
    }

    private let conditions = Mutex<[Key: Condition]>([:])
    private let clock: any Clock
    private let changed: @Sendable (DaemonState, [Condition]) -> Void

    /// `changed` is called, on whatever thread brought the change, when what holds is no longer the same.
    init(clock: any Clock, changed: @escaping @Sendable (DaemonState, [Condition]) -> Void) {
        self.clock = clock
        self.changed = changed
    }

    /// This holds from now on; one that held already keeps its time and takes the new message.
    func raise(_ state: DaemonState, _ output: String, _ message: String) {
        let key = Key(output: output, state: state)
        let now = clock.now()
        let isNews = conditions.withLock { conditions in
            let known = conditions[key]
            conditions[key] = Condition(
                state: state, output: output, since: known?.since ?? now, message: message)
            return known?.message != message
        }
        if isNews { tell() }
    }

    /// Nothing of this kind holds any more for the output.
    func clear(_ state: DaemonState, _ output: String) {
        let wasThere = conditions.withLock {
            $0.removeValue(forKey: Key(output: output, state: state)) != nil
        }
        if wasThere { tell() }
    }

    /// The first state that holds, and everything that does, the gravest first.
    var current: (state: DaemonState, conditions: [Condition]) {
        let all = conditions.withLock { Array($0.values) }.sorted {
            ($0.state.gravity, $0.output) < ($1.state.gravity, $1.output)
        }
        return (all.first?.state ?? .ready, all)
    }

    /// The state and what led to it, for people: `PARTIAL: the store can't be reached; ...`.
    var text: String { Health.text(current.state, current.conditions) }

    static func text(_ state: DaemonState, _ conditions: [Condition]) -> String {
        let reasons = conditions.map { condition in
            let namesOutput = condition.message.contains(condition.output)
            return namesOutput ? condition.message : "\(condition.output): \(condition.message)"
        }.joined(separator: "; ")
        return "\(state.rawValue): \(conditions.isEmpty ? "everything works" : reasons)"
    }

    private func tell() {
        let (state, conditions) = current
        changed(state, conditions)
    }
}

extension DaemonState {
    /// 0 for the gravest.
    var gravity: Int { DaemonState.allCases.firstIndex(of: self) ?? 0 }
}
