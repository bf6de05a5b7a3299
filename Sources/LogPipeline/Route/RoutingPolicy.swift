package import LogModel

/// Which output takes a record of which level (contract section 4); nil is an output that takes none.
package struct RoutingPolicy: Sendable, Equatable {
    package var text: Severity? = .debug
    package var errors: Severity? = .error
    package var store: Severity? = .error
    package var alerts: Severity?
    package var journal: Severity?

    package init() {}
}
