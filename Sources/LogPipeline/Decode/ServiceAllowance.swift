import LogModel

/// The service names that a peer may use (contract section 9, `intake.allow`).
package struct ServiceAllowance: Sendable, Equatable {
    private let names: Set<String>

    package init(_ names: some Sequence<String>) { self.names = Set(names) }

    package func allows(_ service: String) -> Bool { names.contains(service) }
}

extension RecordProcessor {
    /// Takes a service's name that the peer may not use out of the record; it stays in the context, and the
    /// connection's own service stands in its place.
    @inline(never)
    mutating func refuseService(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes, _ allowance: ServiceAllowance
    ) {
        guard fields.has(.service) else { return }
        let name = String(decoding: decoded(fields[.service], in: line), as: UTF8.self)
        guard !allowance.allows(name) else { return }
        notes.keep(.service, of: fields, in: line)
        fields.remove(.service)
    }
}
