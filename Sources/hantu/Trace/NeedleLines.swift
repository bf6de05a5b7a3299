import CVectorScan
import Glibc
import LogModel
import LogSinks

/// Finds the lines of a file that hold a text, at the speed of the search: only those are looked at.
struct NeedleLines {
    static let blockSize = 128 << 10

    let needle: [UInt8]

    /// Calls `body` with each such line, without its newline; `OutputBuffer.slack` bytes behind it may be read.
    func forEach(
        in path: String, _ problems: inout ReadProblems, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        do throws(LogFileError) {
            var reader = try LogFileReader(path: path)
            var block = ByteBlock(capacity: NeedleLines.blockSize)
            // Bytes at the block's start that belong to a line whose end hasn't come yet.
            var carried = 0
            while true {
                if carried == block.capacity {
                    if carried > longestLine { carried = 0 }
                    block.grow(to: block.capacity * 2, moving: carried, to: 0)
                }
                let room = UnsafeMutableRawBufferPointer(
                    start: block.start + carried, count: block.capacity - carried)
                let count = try reader.read(into: room)
                let filled = carried + count
                if count == 0 {
                    search(block.bytes(0..<filled), body)
                    return
                }
                // A newline further back was seen before, if at all.
                let last = cvs_find_last(block.start + carried, count, 0x0A)
                guard last >= 0 else {
                    carried = filled
                    continue
                }
                let end = carried + last + 1
                search(block.bytes(0..<end), body)
                carried = filled - end
                UnsafeMutableRawPointer(block.start).copyMemory(
                    from: block.start + end, byteCount: carried)
            }
        } catch {
            problems.unreadable.append("\(path): \(error)")
        }
    }

    private func search(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        var position = 0
        while position < bytes.count {
            let found = cvs_find(base + position, bytes.count - position, needle, needle.count)
            guard found >= 0 else { return }
            let hit = position + Int(found)
            let start = Int(cvs_find_last(base + position, hit - position, 0x0A)) + position + 1
            let rest = bytes.count - hit
            let end = memchr(base + hit, 0x0A, rest).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
            // The first of a run of lines has no newline before it.
            let from = start > position ? start : position
            body(UnsafeBufferPointer(rebasing: bytes[from..<(end ?? bytes.count)]))
            position = (end ?? bytes.count) + 1
        }
    }
}
