import Glibc
import LogSpool

/// Copies a log directory, and looks whether a copy holds what is to be deleted.
struct Backup {
    let place: BackupPlace
    let faults: FaultPoints

    /// What couldn't be copied or isn't the same, of files that stay where they are.
    private(set) var warnings: [String] = []

    init(place: BackupPlace, faults: FaultPoints) {
        self.place = place
        self.faults = faults
    }

    /// Copies everything to the unfinished name, compares it, and only then gives it the backup's name.
    ///
    /// Throws where one of the old files isn't in the copy as it is; what can't be copied of the rest is a warning.
    mutating func make(
        _ name: BackupPlace.Name, of source: Folder, _ inventory: LogInventory
    ) throws(FileFailure) {
        let bytes = inventory.copied.reduce(0) { $0 + $1.size }
        try place.parent.removeAll(BackupPlace.unfinished)
        let copy = try place.parent.makeFolder(BackupPlace.unfinished, mode: 0o700)
        let copying = Progress("백업", total: bytes, text: StatusView.bytes)
        defer { copying.end() }
        let doomed = Set(inventory.old.map(\.way))
        try copyAll(source, to: copy, [], doomed, copying)
        faults.reach(.migrateCopied)
        let comparing = Progress("확인", total: bytes, text: StatusView.bytes)
        defer { comparing.end() }
        for item in inventory.old {
            guard try Backup.holds(item, of: source, in: copy, comparing) else {
                throw FileFailure(path: source.path + "/" + item.way.text, code: EBUSY)
            }
        }
        for item in inventory.own + inventory.other {
            if (try? Backup.holds(item, of: source, in: copy, comparing)) != true {
                warnings.append(item.way.text)
            }
        }
        faults.reach(.migrateVerified)
        try place.parent.rename(folder: BackupPlace.unfinished, to: name.entry)
        try place.parent.sync()
        faults.reach(.migrateNamed)
    }

    private mutating func copyAll(
        _ source: Folder, to copy: Folder, _ way: EntryPath, _ doomed: Set<EntryPath>, _ progress: Progress
    ) throws(FileFailure) {
        for entry in try source.entries() {
            do throws(FileFailure) {
                switch entry.kind {
                case .file:
                    let file = try OpenedFile(entry.name, in: source)
                    try FileCopy.make(of: file, as: entry.name, in: copy, progress: progress)
                    faults.reach(.migrateFileCopied)
                case .link: try Backup.copyLink(entry.name, from: source, to: copy)
                case .folder:
                    let inner = try copy.makeFolder(entry.name, mode: 0o700)
                    let from = try source.folder(entry.name)
                    try copyAll(from, to: inner, way + [entry.name], doomed, progress)
                case .other: break
                }
            } catch {
                // A full disk is nothing that the next file could do without.
                let isKept = entry.kind != .folder && !doomed.contains(way + [entry.name])
                guard isKept, !error.isFull else { throw error }
                warnings.append((way + [entry.name]).text)
                try copy.remove(entry.name)
            }
        }
        // The mode last: a directory that may not be written to gets its files first.
        var status = stat()
        guard fstat(source.descriptor, &status) == 0 else {
            throw FileFailure(path: source.path, code: errno)
        }
        _ = fchown(copy.descriptor, status.st_uid, status.st_gid)
        fchmod(copy.descriptor, status.st_mode & 0o7777)
        try copy.sync()
    }

    static func copyLink(_ name: EntryName, from source: Folder, to copy: Folder) throws(FileFailure) {
        let target = try source.target(of: name)
        let result = target.withCString { target in
            name.withCString { symlinkat(target, copy.descriptor, $0) }
        }
        guard result == 0 else { throw copy.failure(name) }
    }

    /// Whether the copy has this file or link just as it is.
    static func holds(
        _ item: LogInventory.Item, of source: Folder, in copy: Folder, _ progress: Progress? = nil
    ) throws(FileFailure) -> Bool {
        guard let name = item.way.last, let from = source.folder(at: item.way.dropLast()),
            let to = copy.folder(at: item.way.dropLast()), let there = to.entry(name),
            there.kind == item.entry.kind
        else { return false }
        if there.kind == .link { return try from.target(of: name) == to.target(of: name) }
        // As large as it is now: what was added since is not in the copy.
        let one = try OpenedFile(name, in: from)
        let other = try OpenedFile(name, in: to)
        return try FileCopy.compare(one, other, progress: progress) == .same
    }
}
