import Glibc
import LogModel
import LogSpool

/// `hantu logs rollback`: puts back what a migration's backup has and the log directory lacks.
///
/// Nothing that is there is overwritten or deleted, and the backup stays. Each file appears under its name only
/// when it is whole and on the disk, so that whatever ends it midway, the next run goes on.
struct Restoration {
    let directory: String
    let place: BackupPlace
    /// The backups of the newest day, the newest first, whose files win.
    let backups: [BackupPlace.Name]
    /// Older ones, of other days.
    let older: [BackupPlace.Name]

    private(set) var restored: [String] = []
    private(set) var bytes = 0
    /// Files that are there, with everything the backup has.
    private(set) var present = 0
    /// Files that are there with something else in them, and stay as they are.
    private(set) var conflicts: [String] = []

    /// A file on its way back.
    private static let unfinished = EntryName(".hantu-rollback.partial")

    init(directory: String) throws(FileFailure) {
        self.directory = directory
        place = try BackupPlace(beside: directory)
        let all = try place.backups()
        backups = all.filter { $0.day == all.first?.day }
        older = all.filter { $0.day != all.first?.day }
    }

    /// Looks what there is to do, and does it where `applying`.
    mutating func run(applying: Bool, faults: FaultPoints) throws {
        var copies: [Folder] = []
        for name in backups { copies.append(try place.parent.folder(name.entry)) }
        if applying, mkdir(directory, Migration.mode) != 0, errno != EEXIST {
            throw FileFailure(path: directory, code: errno)
        }
        let root = applying ? try Folder(directory) : try? Folder(directory)
        if applying, root?.lock() == false {
            throw Migration.Obstacle(text: "다른 이전이나 롤백이 실행 중입니다: \(directory)")
        }
        var plan = self
        var seen: Set<EntryPath> = []
        for copy in copies { try plan.restore(copy, to: root, [], &seen, nil, faults) }
        guard applying else {
            self = plan
            return
        }
        if let root, try root.room().bytes < plan.bytes {
            let missing = plan.bytes - (try root.room().bytes)
            throw Migration.Obstacle(
                text: "되돌릴 공간이 \(StatusView.bytes(missing)) 모자랍니다. 아무것도 바꾸지 않았습니다")
        }
        let progress = Progress("복원", total: plan.bytes, text: StatusView.bytes)
        defer { progress.end() }
        seen = []
        for copy in copies { try restore(copy, to: root, [], &seen, progress, faults) }
    }

    /// Goes over one backup; without `progress` only counts. `target` is nil where that directory isn't there.
    private mutating func restore(
        _ copy: Folder, to target: Folder?, _ way: EntryPath, _ seen: inout Set<EntryPath>,
        _ progress: Progress?, _ faults: FaultPoints
    ) throws(FileFailure) {
        if progress != nil { try target?.remove(Restoration.unfinished) }
        for entry in try copy.entries() where entry.name != Restoration.unfinished {
            let here = way + [entry.name]
            let there = target?.entry(entry.name)
            switch entry.kind {
            case .other: break
            case .folder:
                if let there, there.kind != .folder {
                    conflicts.append(here.text)
                    continue
                }
                let source = try copy.folder(entry.name)
                let inner = try folder(entry, in: target, exists: there != nil, making: progress != nil)
                try restore(source, to: inner, here, &seen, progress, faults)
            case .file, .link:
                guard seen.insert(here).inserted else { continue }
                if there != nil, let target {
                    try judge(entry, copy, target, here)
                    continue
                }
                restored.append(here.text)
                bytes += entry.kind == .file ? Int(entry.status.st_size) : 0
                if let progress, let target { try put(entry, copy, target, progress, faults) }
            }
        }
        if progress != nil { try target?.sync() }
    }

    private func folder(
        _ entry: Folder.Entry, in target: Folder?, exists: Bool, making: Bool
    ) throws(FileFailure) -> Folder? {
        guard let target else { return nil }
        if exists { return try target.folder(entry.name) }
        guard making else { return nil }
        let made = try target.makeFolder(entry.name, mode: 0o700)
        _ = fchown(made.descriptor, entry.status.st_uid, entry.status.st_gid)
        fchmod(made.descriptor, entry.status.st_mode & 0o7777)
        return made
    }

    /// A file that is there: what has gone on since, or is the same, is as good as restored.
    private mutating func judge(
        _ entry: Folder.Entry, _ copy: Folder, _ target: Folder, _ way: EntryPath
    ) throws(FileFailure) {
        let there = target.entry(entry.name)
        var holds = false
        if entry.kind == .link, there?.kind == .link {
            holds = try copy.target(of: entry.name) == target.target(of: entry.name)
        } else if entry.kind == .file, there?.kind == .file {
            let kept = try OpenedFile(entry.name, in: copy)
            let current = try OpenedFile(entry.name, in: target)
            holds = try FileCopy.compare(kept, current, progress: nil) != .different
        }
        if holds { present += 1 } else { conflicts.append(way.text) }
    }

    private func put(
        _ entry: Folder.Entry, _ copy: Folder, _ target: Folder, _ progress: Progress, _ faults: FaultPoints
    ) throws(FileFailure) {
        if entry.kind == .link { return try Backup.copyLink(entry.name, from: copy, to: target) }
        let source = try OpenedFile(entry.name, in: copy)
        try FileCopy.make(of: source, as: Restoration.unfinished, in: target, progress: progress)
        let made = try OpenedFile(Restoration.unfinished, in: target)
        guard try FileCopy.compare(source, made, progress: nil) == .same else {
            throw FileFailure(path: target.path(of: entry.name), code: EIO)
        }
        faults.reach(.rollbackFileCopied)
        try target.rename(file: Restoration.unfinished, to: entry.name)
        faults.reach(.rollbackFileRestored)
    }
}
