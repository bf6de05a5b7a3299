import LogModel
import LogSinks

/// Goes over the lines of a file from its beginning that hold one of some texts, plain or compressed.
struct FileSearch {
    /// nil where every line is wanted.
    let needles: [[UInt8]]?

    /// What is searched before its hits are told: a core's own cache, then as much as a disk reads in a moment.
    static let runs = LineRuns(first: 128 << 10, largest: 16 << 20)

    /// Calls `body` with each such line that isn't empty, without its newline; `OutputBuffer.slack` bytes behind it
    /// may be read. Of a plain file nothing counts behind `end`. Nothing behind a run is read before `afterRun`
    /// was called.
    func forEach(
        in path: String, upTo end: Int? = nil, _ problems: inout ReadProblems, afterRun: () -> Void = {},
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        do throws(PlainFile.Failure) {
            let file = try PlainFile(path)
            if try file.isCompressed() {
                forEachUnpackedLine(of: path, &problems, afterBlock: afterRun) { line in
                    if needles?.contains(where: line.has) ?? true { body(line) }
                }
                return
            }
            let mapped = try MappedFile(file, upTo: min(end ?? file.size, file.size))
            let (bytes, search) = (mapped.bytes, LineSearch(needles: needles))
            FileSearch.runs.forEach(in: bytes) { run in
                let some = UnsafeBufferPointer(rebasing: bytes[run])
                for line in search.lines(in: some) { body(UnsafeBufferPointer(rebasing: some[line])) }
                mapped.release(run)
                afterRun()
            }
            try mapped.check(file)
        } catch {
            problems.unreadable.append("\(path): \(error.reason)")
        }
    }

    /// Calls `body` with each such line of a plain file from its end on, and where it stands, until it returns false;
    /// `searched` is told of the bytes that were gone over.
    func forEachBackward(
        in file: borrowing PlainFile, upTo end: Int, searched: (Int) -> Void = { _ in },
        _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool
    ) throws(PlainFile.Failure) {
        let mapped = try MappedFile(file, upTo: end)
        let (bytes, search) = (mapped.bytes, LineSearch(needles: needles))
        FileSearch.runs.forEachBackward(in: bytes) { run in
            let some = UnsafeBufferPointer(rebasing: bytes[run])
            for line in search.lines(in: some).reversed() {
                let place = (run.lowerBound + line.lowerBound)..<(run.lowerBound + line.upperBound)
                guard body(UnsafeBufferPointer(rebasing: some[line]), place) else { return false }
            }
            mapped.release(run)
            searched(run.count)
            return true
        }
        try mapped.check(file)
    }
}

/// Calls `body` with every line of a file, plain or compressed, that isn't empty.
func forEachUnpackedLine(
    of path: String, _ problems: inout ReadProblems, afterBlock: () -> Void = {},
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
) {
    do throws(LogFileError) {
        var reader = try LogFileReader(path: path)
        var assembler = LineAssembler()
        let block = ByteBlock(capacity: 256 << 10)
        func take(_ line: UnsafeBufferPointer<UInt8>) { if !line.isEmpty { body(line) } }
        while true {
            let got = try reader.read(
                into: UnsafeMutableRawBufferPointer(start: block.start, count: block.capacity))
            if got == 0 { break }
            assembler.take(block.bytes(0..<got), take)
            afterBlock()
        }
        assembler.finish(take)
    } catch {
        problems.unreadable.append("\(path): \(error)")
    }
}
