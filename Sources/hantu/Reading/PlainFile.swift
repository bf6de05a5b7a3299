import Glibc
import LogModel

/// A regular file that is read and never changed, opened so that nobody's symlink or pipe misleads us.
struct PlainFile: ~Copyable {
    struct Failure: Error {
        let number: Int32
        var reason: String { String(cString: strerror(number)) }
    }

    let descriptor: Int32
    let inode: UInt64
    /// How large it was when it was opened.
    let size: Int

    init(_ path: String) throws(Failure) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { throw Failure(number: errno) }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw Failure(number: EINVAL)
        }
        descriptor = opened
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Whether it begins as gzip's or zstd's files do.
    func isCompressed() throws(Failure) -> Bool {
        var head: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
        let got = withUnsafeMutableBytes(of: &head) { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard got >= 0 else { throw Failure(number: errno) }
        return (head.0, head.1) == (0x1F, 0x8B) || head == (0x28, 0xB5, 0x2F, 0xFD)
    }

    /// How large it is now.
    func currentSize() -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Reads up to `count` bytes at this offset; fewer where the file ends.
    func read(at offset: Int, into start: UnsafeMutablePointer<UInt8>, count: Int) throws(Failure) -> Int {
        var done = 0
        while done < count {
            let got = pread(descriptor, start + done, count - done, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Failure(number: errno) }
            if got == 0 { break }
            done += got
        }
        return done
    }
}
