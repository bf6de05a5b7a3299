/// What became of what arrived; nothing happens to a line that doesn't show here (contract sections 2 and 11).
package struct PipelineCounters: Sendable, Equatable {
    /// Kinds of damage that a line can have; a line may have several.
    package enum Damage: Int, CaseIterable, Sendable {
        /// No JSON object.
        case decode
        /// Cut at the limit.
        case truncated
        /// Bytes that are no UTF-8.
        case utf8
        /// A level that nobody knows.
        case level
        /// A timestamp that couldn't be taken.
        case timestamp
        /// A torn first line behind a restart, which comes again.
        case torn

        package var name: String { "\(self)" }
    }

    /// Bytes of lines, without their line ends.
    package var bytes: UInt64 = 0
    package var damaged = [UInt64](repeating: 0, count: Damage.allCases.count)
    /// Records that no output wanted, by configuration.
    package var unrouted: UInt64 = 0

    package init() {}

    package mutating func count(_ damage: Damage) { damaged[damage.rawValue] += 1 }
}
