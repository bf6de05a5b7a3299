internal import Glibc

/// A file that takes up room as long as there is some, and is given up when the disk is full, so that the records
/// which tell of a full disk are still kept (contract section 7, "disk full").
struct Reserve: Sendable {
    private let path: String
    private let bytes: Int
    private(set) var isHeld = false
    /// Monotonic nanoseconds before which the disk isn't asked again.
    private var nextLook: UInt64 = 0

    init(directory: String, bytes: Int) {
        path = directory + "/reserve"
        self.bytes = bytes
        var status = stat()
        let exists = lstat(path, &status) == 0
        let whole = exists && status.st_size == bytes && Int(status.st_blocks) * 512 >= bytes
        if bytes == 0 || (exists && !whole) { unlink(path) }
        isHeld = bytes == 0 || whole
    }

    /// Gives the room back; false when there was none to give.
    mutating func giveUp() -> Bool {
        guard isHeld, bytes > 0 else { return false }
        isHeld = false
        return unlink(path) == 0
    }

    /// Takes the room again once twice as much is free; looks every ten seconds at most.
    mutating func restore(now: UInt64) {
        guard !isHeld, now >= nextLook else { return }
        nextLook = now + 10_000_000_000
        var free = statvfs()
        guard statvfs(path.parentDirectory, &free) == 0, Int(free.f_bavail) * Int(free.f_frsize) > 2 * bytes
        else { return }
        let unfinished = path + ".new"
        unlink(unfinished)
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Where the file system can't reserve room, the C library writes it.
        guard posix_fallocate(descriptor, 0, bytes) == 0, rename(unfinished, path) == 0 else {
            unlink(unfinished)
            return
        }
        isHeld = true
    }

    /// Whether the disk has no room for even a little more, by the errors that say so (EDQUOT doesn't reach us
    /// through SQLite).
    func diskIsFull() -> Bool {
        let probe = path + ".probe"
        unlink(probe)
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return errno == ENOSPC || errno == EDQUOT }
        defer {
            close(descriptor)
            unlink(probe)
        }
        let result = posix_fallocate(descriptor, 0, 65_536)
        return result == ENOSPC || result == EDQUOT
    }
}

extension String {
    /// Everything before the last slash.
    var parentDirectory: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
