import Glibc
import LogModel

/// One file of one day: its descriptor, what it must still get, and since when it fails.
///
/// Lines are never merged and never cut: a file that ends in half a line gets a newline first, unless the half is
/// our own from a write that failed and nothing was added since; then the rest follows exactly there.
/// Belongs to the writer's thread.
final class DailyFile {
    let name: DailyFileName
    /// Pieces that were refused before, in order; they come before `incoming`.
    var owed: [FilePiece] = []
    /// Pieces that were not tried yet.
    var incoming: [FilePiece] = []
    var failure: Failure?
    var backoff = Backoff()
    /// Monotonic nanoseconds.
    var lastUse: UInt64 = 0
    var lastCheck: UInt64 = 0

    private let path: String
    private let fileSystem: any FileSystem
    private var descriptor: CInt?
    /// The file as the last of our bytes left it.
    private var known: (identity: FileIdentity, size: Int)?
    private var needsNewline = false

    struct Failure {
        var error: SystemCallError
        var since: Timestamp
        /// Monotonic nanoseconds; nil where only a line can tell whether it is over: the next one tries.
        var nextAttempt: UInt64?
        /// Whether only a write that succeeds ends it.
        var needsWrite: Bool
    }

    /// What one attempt found.
    struct Report {
        var hadTornLine = false
        var bytes = 0
    }

    init(name: DailyFileName, directory: String, fileSystem: any FileSystem) {
        self.name = name
        self.fileSystem = fileSystem
        path = directory + "/" + name.path
    }

    var isOpen: Bool { descriptor != nil }

    /// Opens the file where it isn't, and writes what is owed and what came in. On an error exactly the bytes that
    /// the kernel took are gone from the two.
    func append() throws(SystemCallError) -> Report {
        var report = Report()
        if descriptor == nil { report.hadTornLine = try open() }
        guard let descriptor else { return report }
        if owed.isEmpty, incoming.isEmpty { try fileSystem.probe(descriptor) }
        if !owed.isEmpty { report.bytes += try write(&owed, to: descriptor) }
        if !incoming.isEmpty { report.bytes += try write(&incoming, to: descriptor) }
        return report
    }

    func close() {
        if let descriptor { fileSystem.close(descriptor) }
        descriptor = nil
    }

    /// Closes a file that is no longer what its name means; true where that was so.
    func closeIfReplaced() -> Bool {
        guard isOpen, let known, fileSystem.identity(at: path) != known.identity else { return false }
        close()
        return true
    }

    /// True where the file ended in half a line that is nobody's to go on with.
    private func open() throws(SystemCallError) -> Bool {
        let file: AppendedFile
        do {
            file = try fileSystem.openForAppending(path)
        } catch {
            guard error.code == ENOENT else { throw error }
            try fileSystem.makeDirectory(String(path[..<path.lastIndex(of: "/")!]))
            file = try fileSystem.openForAppending(path)
        }
        let untouched = known.map { $0.identity == file.identity && $0.size == file.size } ?? false
        let goesOn = untouched && ((owed.first ?? incoming.first)?.isMidLine ?? false)
        if !goesOn {
            // Which changes nothing where it isn't torn.
            if !owed.isEmpty { owed[0].rewind() } else if !incoming.isEmpty { incoming[0].rewind() }
        }
        descriptor = file.descriptor
        known = (file.identity, file.size)
        needsNewline = !goesOn && !file.endsWithNewline
        return needsNewline
    }

    private func write(_ pieces: inout [FilePiece], to descriptor: CInt) throws(SystemCallError) -> Int {
        var done = 0
        var total = 0
        defer { pieces.removeFirst(done) }
        while done < pieces.count {
            let written = try writeOnce(pieces[done...], to: descriptor)
            guard written > 0 else { throw SystemCallError(code: EIO) }
            known?.size += written
            var left = written
            if needsNewline {
                needsNewline = false
                left -= 1
            }
            total += left
            while done < pieces.count, left >= pieces[done].count {
                left -= pieces[done].count
                done += 1
            }
            if left > 0 { pieces[done].offset += left }
        }
        return total
    }

    /// One call, of at most as many pieces as the kernel takes at once.
    private func writeOnce(_ pieces: ArraySlice<FilePiece>, to descriptor: CInt) throws(SystemCallError)
        -> Int
    {
        let count = min(pieces.count + 1, 1024)
        return try withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) {
            (vectors) throws(SystemCallError) in
            var filled = 0
            if needsNewline {
                let newline = UnsafeMutableRawPointer(mutating: DailyFile.newline.utf8Start)
                vectors.initializeElement(at: 0, to: iovec(iov_base: newline, iov_len: 1))
                filled = 1
            }
            for piece in pieces.prefix(count - filled) {
                let start = UnsafeMutablePointer(mutating: piece.chunk.bytes.baseAddress!) + piece.offset
                vectors.initializeElement(at: filled, to: iovec(iov_base: start, iov_len: piece.count))
                filled += 1
            }
            return try fileSystem.write(
                UnsafeBufferPointer(rebasing: vectors[..<filled]), to: descriptor)
        }
    }

    private static let newline: StaticString = "\n"
}
