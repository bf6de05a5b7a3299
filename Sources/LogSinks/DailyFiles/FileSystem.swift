package import Glibc

/// What the kernel answered to a call that failed.
package struct SystemCallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An `errno`.
    package let code: CInt

    package init(code: CInt) { self.code = code }

    package var description: String { String(cString: strerror(code)) }

    /// Whether the disk or the quota is full.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

/// Which file it is, whatever it is called.
package struct FileIdentity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// A file open for appending, as it was when it was opened.
package struct AppendedFile: Sendable {
    package var descriptor: CInt
    package var identity: FileIdentity
    package var size: Int
    /// False where the last line has no newline; true for an empty file.
    package var endsWithNewline: Bool

    package init(descriptor: CInt, identity: FileIdentity, size: Int, endsWithNewline: Bool) {
        self.descriptor = descriptor
        self.identity = identity
        self.size = size
        self.endsWithNewline = endsWithNewline
    }
}

/// The calls that the writer of daily files makes, so that a test can let any of them fail.
package protocol FileSystem: Sendable {
    /// Makes the directory and what is missing above it (0750); an existing one is fine.
    func makeDirectory(_ path: String) throws(SystemCallError)
    /// Opens a regular file for appending, made with 0640 where there is none; never through a symbolic link.
    func openForAppending(_ path: String) throws(SystemCallError) -> AppendedFile
    /// Writes all or the first part of these pieces; returns how many bytes it took.
    func write(_ pieces: UnsafeBufferPointer<iovec>, to descriptor: CInt) throws(SystemCallError) -> Int
    /// Finds out, without writing, whether there is room on the disk.
    func probe(_ descriptor: CInt) throws(SystemCallError)
    /// The file that now has this name, or nil; a symbolic link is itself.
    func identity(at path: String) -> FileIdentity?
    func close(_ descriptor: CInt)
}
