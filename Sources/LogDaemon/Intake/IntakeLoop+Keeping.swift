import NIOCore

/// How connections outlive the daemon, and how they end with it.
extension IntakeLoop {
    /// A connection that is gone sooner isn't worth systemd's attention.
    static let passingTime = TimeAmount.milliseconds(50)
    /// Between two looks whether there is room by now.
    static let roomTime = TimeAmount.seconds(10)

    /// Keeps a connection that is still there by then.
    func keep(_ connection: Connection, after time: TimeAmount) {
        guard keeper != nil, !connection.isKept else { return }
        let connection = NIOLoopBound(connection, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: time) { [bound] in bound.value.keepIfThere(connection.value) }
    }

    private func keepIfThere(_ connection: Connection) {
        guard let keeper, connections[ObjectIdentifier(connection)] != nil, !connection.isKept else { return }
        if !connection.keep(by: keeper) { keep(connection, after: IntakeLoop.roomTime) }
    }

    /// Lets every connection come to its end, or to where the next daemon takes it over; what clients wrote so far
    /// is still read.
    func beginStop() {
        readOn()
        for connection in connections.values {
            if let keeper, !connection.isKept { _ = connection.keep(by: keeper) }
            if connection.isKept { connection.readWhatIsThere() } else { connection.stopClient() }
        }
    }

    /// Connections that have more to read or to be told.
    var unfinishedCount: Int { connections.values.count { !$0.isReadyToHandOver } }

    /// Leaves what is kept to the next daemon.
    func handOver() {
        for connection in connections.values where connection.isKept { connection.handOver() }
    }
}
