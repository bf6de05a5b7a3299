package import LogModel

/// Whether records go to journald, and which (contract section 9, `journal`).
package struct JournalConfiguration: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Where journald's socket exists; else the same goes to stderr.
        case auto
        case on = "true"
        case off = "false"
    }

    package var enabled = Mode.auto
    package var minimumLevel = Severity.error

    package init() {}
}
