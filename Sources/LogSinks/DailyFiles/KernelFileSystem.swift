internal import CVectorScan
package import Glibc

/// The real file system.
package struct KernelFileSystem: FileSystem {
    package init() {}

    package func makeDirectory(_ path: String) throws(SystemCallError) {
        if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemCallError(code: errno)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw SystemCallError(code: errno) }
    }

    package func openForAppending(_ path: String) throws(SystemCallError) -> AppendedFile {
        // Reading too, to see whether the last line is whole; O_NONBLOCK for the pipe that somebody put there.
        let flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = retrying { open(path, flags, 0o640) }
        guard descriptor >= 0 else { throw SystemCallError(code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw giveUp(descriptor, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw giveUp(descriptor, EINVAL) }
        var last: UInt8 = 0x0A
        if status.st_size > 0, retrying({ pread(descriptor, &last, 1, status.st_size - 1) }) < 0 {
            throw giveUp(descriptor, errno)
        }
        return AppendedFile(
            descriptor: descriptor, identity: FileIdentity(status), size: Int(status.st_size),
            endsWithNewline: last == 0x0A)
    }

    package func write(_ pieces: UnsafeBufferPointer<iovec>, to descriptor: CInt) throws(SystemCallError)
        -> Int
    {
        // Another thread wrote these bytes, mostly on another processor; copying them out of its cache line by line
        // costs half as much again (0.59 instead of 0.38 ns a byte).
        for piece in pieces { cvs_prefetch(piece.iov_base, piece.iov_len) }
        let written = retrying { writev(descriptor, pieces.baseAddress, CInt(pieces.count)) }
        guard written >= 0 else { throw SystemCallError(code: errno) }
        return written
    }

    package func probe(_ descriptor: CInt) throws(SystemCallError) {
        var status = statvfs()
        guard retrying({ fstatvfs(descriptor, &status) }) == 0 else { throw SystemCallError(code: errno) }
        guard status.f_bavail > 0 else { throw SystemCallError(code: ENOSPC) }
    }

    package func identity(at path: String) -> FileIdentity? {
        var status = stat()
        return lstat(path, &status) == 0 ? FileIdentity(status) : nil
    }

    package func close(_ descriptor: CInt) { _ = Glibc.close(descriptor) }

    private func giveUp(_ descriptor: CInt, _ code: CInt) -> SystemCallError {
        close(descriptor)
        return SystemCallError(code: code)
    }
}

extension FileIdentity {
    init(_ status: stat) { self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) }
}

/// Calls again for as long as a signal interrupts.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
