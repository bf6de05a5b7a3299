import Glibc
import LogModel
import LogSinks
import LogSpool

/// The file part of `hantu logs migrate`: a backup of the log directory, the old files gone, the new directories
/// there (contract section 10).
///
/// Nothing is deleted that isn't, byte for byte, in a backup whose bytes are on the disk. Whatever ends it midway,
/// the next run begins with what it finds: an unfinished copy is made anew, a finished one that holds all old files
/// is used, whoever made it, and one that lacks any is left alone beside a further one.
struct Migration {
    /// What stands in the way, for people.
    struct Obstacle: Error { var text: String }

    /// What is to be done with one of the directories.
    struct FolderPlan {
        enum Action: String { case make, mode, ready }

        var path: String
        var action: Action
    }

    let directory: String
    /// nil where there is no log directory yet.
    let source: Folder?
    let place: BackupPlace
    let inventory: LogInventory?
    /// The backup that will hold the old files; nil where there are none.
    private(set) var backup: (name: BackupPlace.Name, isThere: Bool)?
    private(set) var folders: [FolderPlan] = []
    /// Old files that a process still writes to.
    private(set) var writers: [(file: String, by: [OpenFiles.Writer])] = []
    /// Bytes that the backup needs beyond what is free; 0 where it fits.
    private(set) var missingBytes = 0

    private(set) var deleted = 0
    private(set) var warnings: [String] = []
    /// Old files that changed after they were copied, and so are still there.
    private(set) var changed: [String] = []

    static let mode: mode_t = 0o755

    /// Looks at everything, and changes nothing.
    init(directory: String, today: CivilDate) throws {
        self.directory = directory
        place = try BackupPlace(beside: directory)
        do throws(FileFailure) {
            source = try Folder(directory)
        } catch {
            guard error.code == ENOENT else { throw error }
            source = nil
        }
        inventory = try source.map { folder throws(FileFailure) in try LogInventory(of: folder) }
        folders = try planFolders()
        guard let source, let inventory, !inventory.old.isEmpty else { return }
        let complete = try place.backups().first { name in
            guard let copy = try? place.parent.folder(name.entry) else { return false }
            return inventory.old.allSatisfy { (try? Backup.holds($0, of: source, in: copy)) == true }
        }
        backup = complete.map { ($0, true) } ?? (place.freeName(today), false)
        if complete == nil { missingBytes = try missingRoom() }
        writers = findWriters(inventory)
    }

    /// Does it. Throws `Obstacle` or `FileFailure` before anything is deleted.
    mutating func apply(faults: FaultPoints) throws {
        if let source, !source.lock() { throw Obstacle(text: "다른 이전이나 롤백이 실행 중입니다: \(directory)") }
        if !writers.isEmpty {
            throw Obstacle(text: "옛 로그에 아직 쓰고 있는 프로세스가 있습니다. 그 서비스를 멈추고 다시 실행하세요")
        }
        if missingBytes > 0 {
            throw Obstacle(text: "백업할 공간이 \(StatusView.bytes(missingBytes)) 모자랍니다. 아무것도 바꾸지 않았습니다")
        }
        if let source, let inventory, let backup {
            if !backup.isThere {
                var copying = Backup(place: place, faults: faults)
                try copying.make(backup.name, of: source, inventory)
                warnings = copying.warnings
            }
            try deleteOld(source, inventory, in: try place.parent.folder(backup.name.entry), faults)
        }
        try makeFolders(faults)
    }

    /// Deletes what the backup holds, and nothing that was changed since.
    private mutating func deleteOld(
        _ source: Folder, _ inventory: LogInventory, in copy: Folder, _ faults: FaultPoints
    ) throws(FileFailure) {
        for item in inventory.old {
            guard let name = item.way.last, let folder = source.folder(at: item.way.dropLast()) else {
                continue
            }
            guard let now = folder.entry(name) else { continue }
            guard Migration.isUnchanged(now, item.entry), try Backup.holds(item, of: source, in: copy) else {
                changed.append(item.way.text)
                continue
            }
            try folder.remove(name)
            deleted += 1
            faults.reach(.migrateFileDeleted)
            try folder.sync()
        }
        faults.reach(.migrateDeleted)
    }

    private static func isUnchanged(_ one: Folder.Entry, _ other: Folder.Entry) -> Bool {
        one.kind == other.kind && one.status.st_ino == other.status.st_ino
            && one.status.st_size == other.status.st_size
            && one.status.st_mtim.tv_sec == other.status.st_mtim.tv_sec
            && one.status.st_mtim.tv_nsec == other.status.st_mtim.tv_nsec
    }

    // What will be needed.

    private func missingRoom() throws(FileFailure) -> Int {
        guard let inventory else { return 0 }
        // A block for the end of each file, and one for each directory.
        let items = inventory.copied
        let needed = items.reduce(inventory.folders + 1) { $0 + $1.size / 4096 + 1 } * 4096
        let room = try place.parent.room()
        if let files = room.files, files < items.count + inventory.folders + 1 { return max(4096, needed) }
        return max(0, needed - room.bytes - unfinishedBytes())
    }

    /// What an unfinished copy holds, which goes first.
    private func unfinishedBytes() -> Int {
        guard let left = try? place.parent.folder(BackupPlace.unfinished),
            let inventory = try? LogInventory(of: left)
        else { return 0 }
        return inventory.copied.reduce(0) { $0 + $1.size }
    }

    private func findWriters(_ inventory: LogInventory) -> [(file: String, by: [OpenFiles.Writer])] {
        func identity(_ item: LogInventory.Item) -> FileIdentity {
            FileIdentity(
                device: UInt64(item.entry.status.st_dev), inode: UInt64(item.entry.status.st_ino))
        }
        let files = inventory.old.filter { $0.entry.kind == .file }
        let writers = OpenFiles.writers(of: Set(files.map(identity)))
        return files.compactMap { file in writers[identity(file)].map { (file.way.text, $0) } }
    }
}
