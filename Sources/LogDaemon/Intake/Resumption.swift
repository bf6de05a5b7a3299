/// From where on the records of a connection with `acks` count, when it outlived the daemon that it was made with
/// (contract section 3): from the client's answer to the new hello, which begins with an empty line.
///
/// A client that was slow, or stopped, may have hellos of several daemons before it, and answers one after the other.
/// What it counts begins with its answer to the last, so the earlier ones are counted off.
struct Resumption: Equatable {
    /// The first line is the rest of one whose beginning went with the earlier daemon.
    private(set) var isTorn: Bool
    /// Hellos that were said and not answered, the newest one among them.
    private(set) var unanswered: Int
    /// Bytes that were in the kernel's buffer before the newest hello was said: no empty line among them answers it.
    private var bytesBefore = 0

    enum Verdict: Equatable {
        /// A part of the torn line.
        case skipped
        /// The end of the torn line.
        case torn
        /// Something sent before the answer: kept, but not counted.
        case uncounted
        /// The answer to an earlier hello.
        case answeredEarlier
        /// The answer: what follows counts.
        case answered
    }

    /// `unanswered`: hellos of earlier daemons.
    init(isTorn: Bool, unanswered: Int = 0) {
        self.isTorn = isTorn
        self.unanswered = unanswered
    }

    /// The newest hello is being said.
    mutating func greet(bytesBefore: Int) {
        unanswered += 1
        self.bytesBefore = bytesBefore
    }

    /// Whether another hello than the newest waits for its answer.
    var awaitsEarlier: Bool { unanswered > 1 }

    /// Judges what was read up to and with a newline, or up to the end of the read.
    ///
    /// `isContinued`: whether the line began in an earlier read.
    mutating func judge(_ part: UnsafeBufferPointer<UInt8>, isContinued: Bool) -> Verdict {
        let endsLine = part.last == 0x0A
        bytesBefore -= part.count
        if isTorn {
            if endsLine { isTorn = false }
            return endsLine ? .torn : .skipped
        }
        let isEmpty = endsLine && (part.count == 1 || (part.count == 2 && part[0] == 0x0D)) && !isContinued
        guard isEmpty, awaitsEarlier || bytesBefore < 0 else { return .uncounted }
        unanswered -= 1
        return unanswered == 0 ? .answered : .answeredEarlier
    }
}
