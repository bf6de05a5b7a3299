import Glibc

/// A regular file open for reading, as it was when it was opened.
final class OpenedFile {
    let path: String
    let descriptor: Int32
    let status: stat

    init(_ name: EntryName, in folder: Folder) throws(FileFailure) {
        path = folder.path(of: name)
        descriptor = name.withCString {
            openat(folder.descriptor, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw folder.failure(name) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw folder.failure(name) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(path: path, code: EINVAL) }
        self.status = status
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var size: Int { Int(status.st_size) }

    /// Fills the block, or as much of it as there is before `end`.
    func read(at offset: Int, before end: Int, into block: UnsafeMutableRawBufferPointer) throws(FileFailure)
        -> Int
    {
        var done = 0
        let wanted = min(block.count, end - offset)
        while done < wanted {
            let got = pread(descriptor, block.baseAddress! + done, wanted - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileFailure(path: path, code: errno) }
            if got == 0 { break }
            done += got
        }
        return done
    }
}

/// Copies of single files, made so that they are on the disk and can be believed.
enum FileCopy {
    private static let blockSize = 1 << 20

    /// Writes the first `size` bytes of the file under a new name, with its mode, owner and time, and waits until
    /// they are on the disk. A file that is shorter by now gives a shorter copy.
    static func make(
        of source: OpenedFile, as name: EntryName, in folder: Folder, progress: Progress?
    ) throws(FileFailure) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let copy = name.withCString { openat(folder.descriptor, $0, flags, 0o600) }
        guard copy >= 0 else { throw folder.failure(name) }
        defer { close(copy) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
        defer { block.deallocate() }
        var offset = 0
        while offset < source.size {
            let got = try source.read(at: offset, before: source.size, into: block)
            if got == 0 { break }
            var written = 0
            while written < got {
                let count = write(copy, block.baseAddress! + written, got - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw folder.failure(name) }
                written += count
            }
            offset += got
            progress?.advance(by: got)
        }
        // The owner is kept where one may.
        _ = fchown(copy, source.status.st_uid, source.status.st_gid)
        guard fchmod(copy, source.status.st_mode & 0o7777) == 0 else { throw folder.failure(name) }
        let times = [source.status.st_atim, source.status.st_mtim]
        guard futimens(copy, times) == 0, fsync(copy) == 0 else { throw folder.failure(name) }
        // What is compared later comes from the disk.
        posix_fadvise(copy, 0, 0, POSIX_FADV_DONTNEED)
    }

    enum Comparison { case same, beginning, different }

    /// Holds the first against the second: the same bytes, the second's beginning, or something else.
    static func compare(_ one: OpenedFile, _ other: OpenedFile, progress: Progress?) throws(FileFailure)
        -> Comparison
    {
        guard one.size <= other.size else { return .different }
        let blocks = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * blockSize, alignment: 16)
        defer { blocks.deallocate() }
        let first = UnsafeMutableRawBufferPointer(rebasing: blocks[..<blockSize])
        let second = UnsafeMutableRawBufferPointer(rebasing: blocks[blockSize...])
        var offset = 0
        while offset < one.size {
            let got = try one.read(at: offset, before: one.size, into: first)
            let there = try other.read(at: offset, before: one.size, into: second)
            guard got > 0, got == there, memcmp(first.baseAddress!, second.baseAddress!, got) == 0 else {
                return .different
            }
            offset += got
            progress?.advance(by: got)
        }
        return one.size == other.size ? .same : .beginning
    }
}
