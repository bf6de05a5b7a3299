import Glibc

/// Why something couldn't be done with a file.
struct FileFailure: Error, CustomStringConvertible {
    var path: String
    /// An `errno`.
    var code: Int32

    var isFull: Bool { code == ENOSPC || code == EDQUOT }
    var description: String { "\(path): \(String(cString: strerror(code)))" }
}

/// A directory held open, so that nothing below it is ever reached through a symbolic link.
final class Folder {
    /// What is in a directory, itself and not what it may point to.
    struct Entry {
        enum Kind { case file, folder, link, other }

        var name: EntryName
        var kind: Kind
        var status: stat
    }

    /// For messages, and for `/proc`-less calls on the whole file system.
    let path: String
    let descriptor: Int32

    /// Opens the directory of this path; the operator may have put a link there.
    convenience init(_ path: String) throws(FileFailure) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw FileFailure(path: path, code: errno) }
        self.init(path: path, descriptor: opened)
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func failure(_ name: EntryName) -> FileFailure { FileFailure(path: path(of: name), code: errno) }

    func path(of name: EntryName) -> String { path + "/" + name.description }

    /// Opens a directory in it; ENOTDIR or ELOOP where a link has the name.
    func folder(_ name: EntryName) throws(FileFailure) -> Folder {
        let opened = name.withCString {
            openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard opened >= 0 else { throw failure(name) }
        return Folder(path: path(of: name), descriptor: opened)
    }

    /// The directory at the end of this way; nil where there is none, or a link on the way.
    func folder(at way: some Sequence<EntryName>) -> Folder? {
        var folder = self
        for name in way {
            guard let next = try? folder.folder(name) else { return nil }
            folder = next
        }
        return folder
    }

    /// Everything in it, by name.
    func entries() throws(FileFailure) -> [Entry] {
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else {
            let code = errno
            if own >= 0 { close(own) }
            throw FileFailure(path: path, code: code)
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let next = readdir(stream) {
            let name = withUnsafePointer(to: &next.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { EntryName($0) }
            }
            guard name != EntryName("."), name != EntryName("..") else { continue }
            // Gone since it was listed: nothing to do about it.
            if let entry = entry(name) { entries.append(entry) }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// What has this name; nil where nothing does.
    func entry(_ name: EntryName) -> Entry? {
        var status = stat()
        let result = name.withCString { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        guard result == 0 else { return nil }
        let kind: Entry.Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        return Entry(name: name, kind: kind, status: status)
    }

    /// Makes a directory in it, and opens it; EEXIST where the name is taken.
    func makeFolder(_ name: EntryName, mode: mode_t) throws(FileFailure) -> Folder {
        guard name.withCString({ mkdirat(descriptor, $0, mode) }) == 0 else { throw failure(name) }
        return try folder(name)
    }

    /// Deletes a file or a link; one that is gone already is fine.
    func remove(_ name: EntryName) throws(FileFailure) {
        guard name.withCString({ unlinkat(descriptor, $0, 0) }) == 0 || errno == ENOENT else {
            throw failure(name)
        }
    }

    /// Deletes a directory with all that is in it, links as what they are.
    func removeAll(_ name: EntryName) throws(FileFailure) {
        guard let entry = entry(name) else { return }
        guard entry.kind == .folder else { return try remove(name) }
        let inner = try folder(name)
        // Ours, and perhaps left behind with a mode that keeps us out.
        fchmod(inner.descriptor, 0o700)
        for entry in try inner.entries() { try inner.removeAll(entry.name) }
        guard name.withCString({ unlinkat(descriptor, $0, AT_REMOVEDIR) }) == 0 else { throw failure(name) }
    }

    /// Gives a file another name, which must be free: nothing is ever replaced.
    func rename(file name: EntryName, to new: EntryName) throws(FileFailure) {
        let result = name.withCString { old in new.withCString { linkat(descriptor, old, descriptor, $0, 0) }
        }
        guard result == 0 else { throw failure(new) }
        try remove(name)
    }

    /// Gives a directory another name; EEXIST where that is taken.
    func rename(folder name: EntryName, to new: EntryName) throws(FileFailure) {
        guard entry(new) == nil else { throw FileFailure(path: path(of: new), code: EEXIST) }
        let result = name.withCString { old in new.withCString { renameat(descriptor, old, descriptor, $0) } }
        guard result == 0 else { throw failure(new) }
    }

    /// Where a link points to.
    func target(of link: EntryName) throws(FileFailure) -> EntryName {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = link.withCString { readlinkat(descriptor, $0, &buffer, Int(PATH_MAX)) }
        guard count >= 0 else { throw failure(link) }
        return EntryName(buffer)
    }

    /// Makes the names in it durable.
    func sync() throws(FileFailure) {
        guard fsync(descriptor) == 0 else { throw FileFailure(path: path, code: errno) }
    }

    /// Bytes and files that still fit on its disk; nil where the file system doesn't count files.
    func room() throws(FileFailure) -> (bytes: Int, files: Int?) {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw FileFailure(path: path, code: errno) }
        return (
            Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)),
            status.f_files == 0 ? nil : Int(clamping: status.f_favail)
        )
    }

    /// Takes the directory for this process alone, until it ends; false where another has it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
