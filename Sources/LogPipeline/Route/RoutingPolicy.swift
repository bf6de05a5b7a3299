package import LogModel

/// Which output takes a record of which level (contract section 4); nil is an output that takes none.
package struct RoutingPolicy: Sendable, Equatable {
    package var text: Severity? = .debug
    package var errors: Severity? = .error
    package var store: Severity? = .error
    package var alerts: Severity?
    package var journal: Severity?

    package init() {}

    /// The outputs, among those that read from the spool, that want such a record.
    @inline(__always)
    func spooled(_ severity: Severity, notice: Notice?) -> OutputSet {
        var outputs = OutputSet()
        if let store, severity >= store { outputs.insert(.store) }
        if let alerts, severity >= alerts || notice != nil { outputs.insert(.alerts) }
        return outputs
    }

    @inline(__always)
    func takes(_ minimum: Severity?, _ severity: Severity) -> Bool {
        guard let minimum else { return false }
        return severity >= minimum
    }
}
