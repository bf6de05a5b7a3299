internal import Glibc

/// Large segments' frames, in files beside the database: through SQLite each byte of them would be written twice and
/// read once.
///
/// `spool.db-records-N` grows at its end, and is synced before the commit that says where in it a segment lies. It
/// goes when no segment lies in it any more. What no row speaks of, since a crash came before the commit, is nothing.
///
/// Unchecked: whoever uses it holds the spool's lock, or made it for itself alone.
final class SegmentFiles: @unchecked Sendable {
    /// Where a segment's frames lie; its row has this in place of them, as 16 bytes, little-endian.
    struct Place: Equatable, Sendable {
        static let size = 16
        var file: Int64
        var offset: Int64
    }

    /// Bytes from which on a segment lies here: a small one costs less in the database than a second sync.
    static let least = 65_536
    /// Bytes from which on the next commit begins another file.
    static let limit = 16_777_216
    static let infix = "-records-"

    private struct Tail {
        var number: Int64
        var descriptor: CInt
        var end: Int64
        /// As of the last commit.
        var committed: Int64
    }

    private let database: String
    private var tail: Tail?
    private var last: Int64 = 0
    private var reading: (number: Int64, descriptor: CInt)?

    /// `database` is the path beside whose file they lie.
    init(besides database: String) { self.database = database }

    deinit {
        if let tail { close(tail.descriptor) }
        stopReading()
    }

    // MARK: Writing

    /// Writes a segment's frames; they count with the commit.
    func append(_ frames: UnsafeRawBufferPointer) throws -> Place {
        if tail == nil { tail = try next() }
        let tail = tail!
        var done = 0
        while done < frames.count {
            let written = pwrite(
                tail.descriptor, frames.baseAddress! + done, frames.count - done, off_t(tail.end) + off_t(done))
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw fault("can't be written to", tail.number) }
            done += written
        }
        self.tail!.end += Int64(frames.count)
        return Place(file: tail.number, offset: tail.end)
    }

    /// Makes what was written durable; to be called before the commit.
    func sync() throws {
        guard let tail, tail.end > tail.committed else { return }
        guard fdatasync(tail.descriptor) == 0 else { throw fault("can't be synced", tail.number) }
    }

    /// The commit is on the disk.
    func committed() {
        guard let tail else { return }
        self.tail!.committed = tail.end
        guard tail.end >= SegmentFiles.limit else { return }
        close(tail.descriptor)
        self.tail = nil
    }

    /// There was no commit.
    func rolledBack() {
        guard let tail, tail.end > tail.committed else { return }
        ftruncate(tail.descriptor, off_t(tail.committed))
        self.tail!.end = tail.committed
    }

    /// Gives back the room of every file but these, in which committed segments lie.
    func keep(_ files: some Collection<Int64>, among known: some Collection<Int64>) {
        for number in known where !files.contains(number) && number != tail?.number { unlink(path(number)) }
        if let tail, tail.end > 0, !files.contains(tail.number) {
            ftruncate(tail.descriptor, 0)
            self.tail!.end = 0
            self.tail!.committed = 0
        }
    }

    /// Takes over what an earlier process left: files of which the ledger doesn't know are removed.
    func takeOver(_ files: some Collection<Int64>) {
        last = files.max() ?? 0
        for number in SegmentFiles.numbers(besides: database) where !files.contains(number) {
            unlink(path(number))
        }
    }

    private func next() throws -> Tail {
        last += 1
        let descriptor = open(path(last), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw fault("can't be made", last) }
        syncDirectory(database.parentDirectory)
        return Tail(number: last, descriptor: descriptor, end: 0, committed: 0)
    }

    // MARK: Reading

    /// Calls `body` with `count` bytes from this place on; returns nil where they are not there.
    func read<Result>(_ place: Place, count: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws
        -> Result?
    {
        guard let descriptor = try descriptor(place.file) else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, place.offset >= 0, place.offset <= Int64(status.st_size),
            Int64(count) <= Int64(status.st_size) - place.offset
        else { return nil }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { bytes.deallocate() }
        var done = 0
        while done < count {
            let got = pread(descriptor, bytes.baseAddress! + done, count - done, off_t(place.offset) + off_t(done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw fault("can't be read", place.file) }
            guard got > 0 else { return nil }
            done += got
        }
        return try body(UnsafeRawBufferPointer(bytes))
    }

    private func descriptor(_ number: Int64) throws -> CInt? {
        if let tail, tail.number == number { return tail.descriptor }
        if let reading, reading.number == number { return reading.descriptor }
        stopReading()
        let descriptor = open(path(number), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ELOOP { return nil }
            throw fault("can't be opened", number)
        }
        reading = (number, descriptor)
        return descriptor
    }

    private func stopReading() {
        if let reading { close(reading.descriptor) }
        reading = nil
    }

    // MARK: Names

    private func path(_ number: Int64) -> String { database + SegmentFiles.infix + String(number) }

    /// The numbers of the files beside this database.
    static func numbers(besides database: String) -> [Int64] {
        let prefix = String(database.split(separator: "/").last ?? "") + infix
        guard let directory = opendir(database.parentDirectory) else { return [] }
        defer { closedir(directory) }
        var numbers: [Int64] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix), let number = Int64(name.dropFirst(prefix.count)) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    private func fault(_ what: String, _ number: Int64) -> SpoolFault {
        if errno == ENOSPC || errno == EDQUOT { return .full }
        return .failed(code: Int(errno), message: "\(path(number)) \(what): \(String(cString: strerror(errno)))")
    }
}

extension SegmentFiles.Place {
    var words: (Int64, Int64) { (file.littleEndian, offset.littleEndian) }

    /// nil where these bytes are none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == SegmentFiles.Place.size else { return nil }
        file = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
        offset = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self))
    }
}

/// Makes names in a directory durable.
func syncDirectory(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
