import Glibc
import NIOCore

/// Keeps connections alive beyond the process (contract section 7, restart): their descriptors are in systemd's
/// store, named by their slot in the table that is there too.
///
/// Everything here runs on the loop, but for `settle`.
final class ConnectionKeeper {
    /// A connection that an earlier daemon left.
    struct Left {
        var descriptor: CInt
        var slot: Slot
        var state: ConnectionState
    }

    /// A kept connection's place.
    struct Slot {
        fileprivate let number: Int
        fileprivate let table: ConnectionTable

        /// Notes how a read ends, before what it brought is looked at.
        func noteRead(endsAmidLine: Bool, isUnsettled: Bool) {
            table.noteRead(endsAmidLine: endsAmidLine, isUnsettled: isUnsettled, in: number)
        }

        /// Notes how many hellos the client hasn't answered.
        func note(unanswered: UInt8) { table.note(unanswered: unanswered, in: number) }

        func note(_ state: ConnectionState) { table.write(state, to: number) }
    }

    private static let tableName = "connections"
    private static let prefix = "client-"

    private let eventLoop: any EventLoop
    private let table: ConnectionTable
    private let store = DescriptorStore()
    private var free: [Int]
    private var left: [Left] = []

    /// nil where systemd keeps nothing. Descriptors that can't be understood are closed, which tells their clients.
    init?(capacity: Int, passed: [ServiceManager.PassedDescriptor], eventLoop: any EventLoop) {
        guard capacity > 1 else { return nil }
        self.eventLoop = eventLoop
        let clients = passed.filter { $0.name.hasPrefix(ConnectionKeeper.prefix) }
        let earlier = passed.first { $0.name == ConnectionKeeper.tableName }
        if let earlier, let table = ConnectionTable(passed: earlier.number) {
            self.table = table
        } else {
            guard let table = ConnectionTable() else { return nil }
            self.table = table
            if let earlier {
                store.remove(name: ConnectionKeeper.tableName)
                close(earlier.number)
            }
            store.store(table.descriptor, name: ConnectionKeeper.tableName)
        }
        free = Array((0..<min(capacity - 1, ConnectionTable.slots)).reversed())
        var taken: Set<Int> = []
        for client in clients {
            guard let number = Int(client.name.dropFirst(ConnectionKeeper.prefix.count)),
                free.contains(number), var state = table.read(number), taken.insert(number).inserted
            else {
                store.remove(name: client.name)
                close(client.number)
                continue
            }
            let slot = Slot(number: number, table: table)
            left.append(Left(descriptor: client.number, slot: slot, state: state))
            // In this process's memory from here on, and lost with it.
            if state.halfLine != nil {
                state.halfLine = nil
                state.endsAmidLine = true
                state.isUnsettled = !state.sawLine
                table.write(state, to: number)
            }
        }
        free.removeAll(where: taken.contains)
        for number in free { table.clear(number) }
        table.forgetHalfLines()
    }

    /// What an earlier daemon left, once.
    func takeLeft() -> [Left] {
        defer { left = [] }
        return left
    }

    /// Keeps a connection from here on; nil where there is no room, or its service's name is too long.
    func keep(_ descriptor: CInt, _ state: ConnectionState) -> Slot? {
        guard ConnectionTable.holds(state.service), let number = free.popLast() else { return nil }
        table.write(state, to: number)
        store.store(descriptor, name: name(of: number))
        return Slot(number: number, table: table)
    }

    /// Keeps it no longer. Its place is free once systemd knows.
    func release(_ slot: Slot) {
        table.clear(slot.number)
        let keeper = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = eventLoop
        let number = slot.number
        store.remove(name: name(of: number)) {
            eventLoop.execute { keeper.value.free.append(number) }
        }
    }

    /// What must be waited for before the process may end; blocks.
    var settle: @Sendable () -> Void { { [store] in store.settle() } }

    private func name(of number: Int) -> String { "\(ConnectionKeeper.prefix)\(number)" }
}
