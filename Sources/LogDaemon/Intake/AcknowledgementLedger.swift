/// How far the outputs that make a record safe have got, in hand-offs of one loop (contract section 3).
struct SafetyProgress: Equatable {
    /// Hand-offs are numbered from 1 on, for each output alone.
    var text: UInt64 = 0
    var errors: UInt64 = 0
    var spool: UInt64 = 0

    func covers(_ needed: SafetyProgress) -> Bool {
        text >= needed.text && errors >= needed.errors && spool >= needed.spool
    }
}

/// Which records of one connection are safe, and which answers are owed for that.
struct AcknowledgementLedger {
    private struct Mark {
        var count: Int
        var needed: SafetyProgress
    }

    /// Records that wait to be safe, in order; the first `head` are done with.
    private var marks: [Mark] = []
    private var head = 0
    /// Flushes that were asked for at this count, one behind the other: a client may ask for thousands in one go.
    private struct Flush {
        var count: Int
        var times = 1
        /// nil until the hand-offs that it waits for are known.
        var needed: SafetyProgress?
    }
    private var flushes: [Flush] = []
    /// Records that are safe, and how many of them the client was told of.
    private(set) var safe = 0
    private var told = 0

    /// Whether records or flushes are open.
    var isSettled: Bool { head == marks.count && flushes.isEmpty }
    var waitsForFlush: Bool { !flushes.isEmpty }

    /// The first `count` records are safe once this much is done.
    mutating func note(count: Int, needed: SafetyProgress) {
        if let last = marks.indices.last, last >= head, marks[last].needed == needed {
            marks[last].count = count
        } else {
            marks.append(Mark(count: count, needed: needed))
        }
    }

    mutating func noteFlush(at count: Int) {
        if let last = flushes.indices.last, flushes[last].count == count, flushes[last].needed == nil {
            flushes[last].times += 1
        } else {
            flushes.append(Flush(count: count))
        }
    }

    /// The flushes that were asked for are done once this much is: more than makes their records safe, where these
    /// are safe without their text lines.
    mutating func noteFlushes(needed: SafetyProgress) {
        for index in flushes.indices where flushes[index].needed == nil { flushes[index].needed = needed }
    }

    /// Takes what is safe now and returns the answers that are due; plain acknowledgements only where they were
    /// asked for.
    mutating func settle(_ progress: SafetyProgress, acknowledges: Bool) -> [ControlReply] {
        while head < marks.count, progress.covers(marks[head].needed) {
            safe = marks[head].count
            head += 1
        }
        if head == marks.count {
            marks.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 256 {
            marks.removeFirst(head)
            head = 0
        }
        var replies: [ControlReply] = []
        var answered = 0
        while answered < flushes.count, let needed = flushes[answered].needed, progress.covers(needed) {
            // Records behind it may have been told before.
            told = max(told, flushes[answered].count)
            replies += repeatElement(.acknowledged(told), count: flushes[answered].times)
            answered += 1
        }
        if answered > 0 { flushes.removeFirst(answered) }
        if acknowledges, safe > told {
            replies.append(.acknowledged(safe))
            told = safe
        }
        return replies
    }
}
