import LogModel

/// Who is at the other end of a connection, as the kernel says (SO_PEERCRED; contract section 2).
package struct PeerCredentials: Sendable, Equatable {
    package var pid: Int32
    package var uid: UInt32
    package var gid: UInt32
    /// The process's name, from its `comm`.
    package var command: String

    package init(pid: Int32 = 0, uid: UInt32 = 0, gid: UInt32 = 0, command: String = "unknown") {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.command = command
    }
}

/// What a connection's lines have in common: filled in where a line says nothing itself.
package struct LineSource: ~Copyable {
    package let peer: PeerCredentials
    /// The service names that it may use; nil is any.
    let allowance: ServiceAllowance?
    /// The default service as plain text.
    var service = OutputBuffer(capacity: 64)
    /// The peer's pid in digits.
    let pid: OutputBuffer

    package init(peer: PeerCredentials, allowance: ServiceAllowance? = nil) {
        self.peer = peer
        self.allowance = allowance
        pid = OutputBuffer(copying: String(peer.pid))
        // A process may call itself as it likes.
        if !setService(peer.command) { service.append(text: "uid:\(peer.uid)") }
    }

    /// The service of lines that name none.
    package var serviceName: String { String(decoding: service.bytes, as: UTF8.self) }

    /// Takes the service that the connection's hello names; false where the peer may not use that name.
    package mutating func setService(_ name: String) -> Bool {
        if let allowance, !allowance.allows(name) { return false }
        service.removeAll()
        service.append(text: name)
        return true
    }
}
