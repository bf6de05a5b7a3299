import Glibc
import LogModel

/// One of the two directories of daily files, held open; nothing in it is reached through a symbolic link.
final class LogDirectory {
    let kind: DailyFileKind
    private let descriptor: CInt

    /// Opens `info` or `errors` below `directory`; ENOENT where there is none.
    init(_ kind: DailyFileKind, below directory: String) throws(SystemCallError) {
        self.kind = kind
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let parent = retrying { open(directory, flags) }
        guard parent >= 0 else { throw SystemCallError(code: errno) }
        defer { close(parent) }
        descriptor = retrying { openat(parent, kind.directory, flags | O_NOFOLLOW) }
        guard descriptor >= 0 else { throw SystemCallError(code: errno) }
    }

    deinit { close(descriptor) }

    /// The names of all regular files in it.
    func names() throws(SystemCallError) -> [String] {
        // A stream of its own, which starts at the beginning whatever was read before.
        let own = retrying { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard own >= 0 else { throw SystemCallError(code: errno) }
        guard let stream = fdopendir(own) else {
            let code = errno
            close(own)
            throw SystemCallError(code: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if size(of: name) != nil { names.append(name) }
        }
        return names
    }

    /// Daily files in it, by name; whatever else lies there is nobody's business.
    func entries() throws(SystemCallError) -> [DailyFileEntry] {
        try names().compactMap { text in
            guard let name = DailyFileName(text, kind: kind), let size = size(of: text) else { return nil }
            return DailyFileEntry(name: name, size: size)
        }
    }

    /// Bytes of the regular file of this name, or nil.
    func size(of name: String) -> Int? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(status.st_size)
    }

    /// Deletes the file; one that is gone already is fine.
    func remove(_ name: String) throws(SystemCallError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw SystemCallError(code: errno)
        }
    }

    /// Renames within the directory, over what has the name.
    func rename(_ name: String, to new: String) throws(SystemCallError) {
        guard renameat(descriptor, name, descriptor, new) == 0 else { throw SystemCallError(code: errno) }
    }

    /// Opens a regular file for reading.
    func read(_ name: String) throws(SystemCallError) -> ReadableFile {
        let file = retrying { openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard file >= 0 else { throw SystemCallError(code: errno) }
        return try ReadableFile(descriptor: file)
    }

    /// Makes an empty file of this name for writing.
    func create(_ name: String) throws(SystemCallError) -> WritableFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = retrying { openat(descriptor, name, flags, 0o640) }
        guard file >= 0 else { throw SystemCallError(code: errno) }
        return WritableFile(descriptor: file)
    }

    /// Makes renames durable.
    func sync() throws(SystemCallError) {
        guard fsync(descriptor) == 0 else { throw SystemCallError(code: errno) }
    }
}

/// A regular file that is read from its beginning; closed when the last reference goes.
final class ReadableFile {
    private let descriptor: CInt

    /// Takes the descriptor over; EINVAL where it is no regular file.
    init(descriptor: CInt) throws(SystemCallError) {
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SystemCallError(code: EINVAL)
        }
    }

    deinit { close(descriptor) }

    /// Fills the buffer or a part of it; 0 at the end, where more may come later.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemCallError) -> Int {
        let count = retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw SystemCallError(code: errno) }
        return count
    }
}

/// A file that is written once, from its beginning; closed when the last reference goes.
final class WritableFile {
    private let descriptor: CInt
    private(set) var size = 0

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
        var left = bytes[...]
        while !left.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: left)
            let count = retrying { Glibc.write(descriptor, part.baseAddress, part.count) }
            guard count > 0 else { throw SystemCallError(code: count == 0 ? EIO : errno) }
            left = left.dropFirst(count)
            size += count
        }
    }

    /// Waits until it is on disk.
    func sync() throws(SystemCallError) {
        guard fsync(descriptor) == 0 else { throw SystemCallError(code: errno) }
    }
}
