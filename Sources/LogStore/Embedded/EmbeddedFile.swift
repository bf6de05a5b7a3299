import Glibc
import LogModel

/// The files of the embedded store: `errors.db`, and SQLite's `-wal` and `-shm` beside it, which take its mode.
struct EmbeddedFile: Sendable {
    let path: String

    private static let mode: mode_t = 0o640
    private static let directoryMode: mode_t = 0o750

    /// What tells one file from another that has its name.
    struct Identity: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64
    }

    enum Presence: Equatable { case absent, file(Identity), other }

    func presence() throws(StoreError) -> Presence {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return .absent }
            throw .unreachable("\(path): \(EmbeddedFile.message(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .other }
        return .file(Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
    }

    /// The file's identity, where it is one that SQLite may open.
    func identity() throws(StoreError) -> Identity? {
        switch try presence() {
        case .absent: return nil
        case .file(let identity): return identity
        case .other: throw .unreachable("\(path) is not a regular file")
        }
    }

    /// Makes the directory and an empty file where they are missing.
    func create() throws(StoreError) {
        guard try identity() == nil else { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeDirectory(String(path[..<slash]))
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, EmbeddedFile.mode)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw .unreachable("\(path): \(EmbeddedFile.message(errno))")
        }
        // The umask may have taken bits away; SQLite gives its other files the mode of this one.
        _ = fchmod(descriptor, EmbeddedFile.mode)
        close(descriptor)
    }

    private func makeDirectory(_ directory: String) throws(StoreError) {
        for attempt in 0..<2 {
            if mkdir(directory, EmbeddedFile.directoryMode) == 0 {
                _ = chmod(directory, EmbeddedFile.directoryMode)
                return
            }
            let code = errno
            if code == EEXIST { return }
            guard attempt == 0, code == ENOENT, let slash = directory.lastIndex(of: "/"),
                slash > directory.startIndex
            else { throw .unreachable("\(directory): \(EmbeddedFile.message(code))") }
            try makeDirectory(String(directory[..<slash]))
        }
    }

    /// Renames the files to `errors.db.damaged-20260201T033456Z` and the like, and says the new path.
    func setAside(at time: Timestamp) throws(StoreError) -> String {
        var stamp = OutputBuffer(capacity: 64)
        TimeText.append(localSeconds: time.seconds, separator: UInt8(ascii: "T"), to: &stamp)
        let digits = String(decoding: stamp.bytes.filter { $0 != 0x2D && $0 != 0x3A }, as: UTF8.self)
        let base = "\(path).damaged-\(digits)Z"
        var target = base
        var number = 1
        while access(target, F_OK) == 0 {
            number += 1
            target = "\(base)-\(number)"
        }
        // The log first: left behind beside a new database, it would be played into that.
        for suffix in ["-wal", "-shm", ""] where rename(path + suffix, target + suffix) != 0 {
            guard errno == ENOENT else { throw .unreachable("\(path): \(EmbeddedFile.message(errno))") }
        }
        return target
    }

    /// Whether nobody has the store open, and what was written is all in the one file.
    var isAtRest: Bool {
        var status = stat()
        return access(path + "-shm", F_OK) != 0 && (stat(path + "-wal", &status) != 0 || status.st_size == 0)
    }

    /// The address under which SQLite reads the file without locks and without making any other.
    var immutableAddress: String {
        var address = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x30...0x39,
                0x41...0x5A, 0x61...0x7A:
                address.unicodeScalars.append(Unicode.Scalar(byte))
            default: address += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return address + "?immutable=1"
    }

    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
