/// The hand-offs of one output that are under way: their numbers, as records wait for them, and the writer's tickets.
struct HandoffLedger {
    private(set) var open: [(number: UInt64, ticket: UInt64)] = []
    /// The number of the last hand-off.
    private(set) var last: UInt64 = 0
    /// The last hand-off that is done, with all before it.
    private(set) var done: UInt64 = 0

    /// What is in the buffer now goes out with this hand-off.
    var next: UInt64 { last + 1 }

    /// Notes a hand-off; without a ticket (the writer is gone) it is never done. What the writer has done `through` is
    /// settled on the way, since nobody else does it while no client waits.
    mutating func handedOff(ticket: UInt64?, through done: UInt64) {
        settle(through: done)
        last += 1
        open.append((last, ticket ?? .max))
    }

    mutating func settle(through ticket: UInt64) {
        var count = 0
        while count < open.count, open[count].ticket <= ticket {
            done = open[count].number
            count += 1
        }
        if count > 0 { open.removeFirst(count) }
    }
}
