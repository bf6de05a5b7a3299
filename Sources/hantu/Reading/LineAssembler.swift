import Glibc
import LogModel

/// Makes lines of the runs of bytes in which a file is read from its beginning on.
struct LineAssembler: ~Copyable {
    /// The beginning of a line whose end hasn't come yet.
    private var partial = OutputBuffer(capacity: 4096)
    private var isSkipping = false

    /// Takes the next run, behind which `OutputBuffer.slack` bytes may be read; calls `body` with every line
    /// that ends in it, without its newline.
    mutating func take(
        _ run: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var rest = run
        while let start = rest.baseAddress, let newline = memchr(start, 0x0A, rest.count) {
            let length = UnsafeRawPointer(newline) - UnsafeRawPointer(start)
            let line = UnsafeBufferPointer(rebasing: rest[..<length])
            if isSkipping {
                isSkipping = false
            } else if partial.isEmpty {
                body(line)
            } else {
                partial.append(line)
                body(partial.bytes)
            }
            partial.removeAll()
            rest = UnsafeBufferPointer(rebasing: rest[(length + 1)...])
        }
        guard !isSkipping else { return }
        partial.append(rest)
        if partial.count > longestLine {
            isSkipping = true
            partial = OutputBuffer(capacity: 4096)
        }
    }

    /// Calls `body` with a last line that has no newline, if there is one.
    mutating func finish(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        if !partial.isEmpty { body(partial.bytes) }
        reset()
    }

    /// Forgets what was begun.
    mutating func reset() {
        partial.removeAll()
        isSkipping = false
    }
}
