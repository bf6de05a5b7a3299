import LogModel

/// `RoutingPolicy` as the way of a record reads it: the outputs of each level in one byte, since asking each output
/// for its level, and a set for its members, went through witness tables.
struct Routes {
    /// The outputs of one record, one bit each.
    struct Outputs {
        fileprivate(set) var bits: UInt8

        @inline(__always) var text: Bool { bits & 1 != 0 }
        @inline(__always) var errors: Bool { bits & 2 != 0 }
        @inline(__always) var journal: Bool { bits & 4 != 0 }
        /// Whether any of `spool` is there.
        @inline(__always) var spooled: Bool { bits >> 3 != 0 }
        /// The outputs, among those that read from the spool, that want the record.
        var spool: OutputSet { OutputSet(rawValue: bits >> 3) }
        /// Whether it needs the record as JSON.
        @inline(__always) var needsJSON: Bool { bits & ~1 != 0 }
    }

    /// Eight bits for each level.
    private var levels: UInt64 = 0
    /// What a record with a notice has besides.
    private var noticed: UInt8 = 0

    init(_ policy: RoutingPolicy) {
        func add(_ bits: UInt8, from minimum: Severity?) {
            guard let minimum else { return }
            for severity in Severity.allCases where severity >= minimum {
                levels |= UInt64(bits) << UInt64(severity.rawValue * 8)
            }
        }
        add(1, from: policy.text)
        add(2, from: policy.errors)
        add(4, from: policy.journal)
        add(OutputSet.store.rawValue << 3, from: policy.store)
        add(OutputSet.alerts.rawValue << 3, from: policy.alerts)
        if policy.alerts != nil { noticed = OutputSet.alerts.rawValue << 3 }
    }

    @inline(__always)
    func outputs(of severity: Severity, notice: Notice?) -> Outputs {
        let bits = UInt8(truncatingIfNeeded: levels &>> (UInt64(severity.rawValue) &* 8))
        return Outputs(bits: notice == nil ? bits : bits | noticed)
    }
}
