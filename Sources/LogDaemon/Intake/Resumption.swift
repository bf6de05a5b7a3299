/// From where on the records of a connection with `acks` count, when it outlived the daemon that it was made with
/// (contract section 3): from the client's answer to the new hello, which begins with an empty line.
struct Resumption: Equatable {
    /// The first line is the rest of one whose beginning went with the earlier daemon.
    private(set) var isTorn: Bool
    /// Bytes that were in the kernel's buffer before the hello was said: no empty line among them is the answer.
    var bytesBefore: Int

    enum Verdict: Equatable {
        /// A part of the torn line.
        case skipped
        /// The end of the torn line.
        case torn
        /// Something sent before the answer: kept, but not counted.
        case uncounted
        /// The answer: what follows counts.
        case answered
    }

    init(isTorn: Bool, bytesBefore: Int = 0) {
        self.isTorn = isTorn
        self.bytesBefore = bytesBefore
    }

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
        return isEmpty && bytesBefore < 0 ? .answered : .uncounted
    }
}
