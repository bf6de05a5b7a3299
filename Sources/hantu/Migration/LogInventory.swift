import Glibc
import LogSinks

/// What lies below a log directory, and what a migration does with it (contract section 10).
struct LogInventory {
    struct Item {
        var way: EntryPath
        var entry: Folder.Entry

        var size: Int { entry.kind == .file ? Int(entry.status.st_size) : 0 }
    }

    /// The old layout's `*.log` files and links of such names, at any depth.
    private(set) var old: [Item] = []
    /// The daemon's own daily files.
    private(set) var own: [Item] = []
    /// All other files and links, which stay.
    private(set) var other: [Item] = []
    /// Pipes and sockets, which can't be copied and stay.
    private(set) var special: [Item] = []
    private(set) var folders = 0

    init(of folder: Folder) throws(FileFailure) { try add(folder, []) }

    var copied: [Item] { old + own + other }

    private mutating func add(_ folder: Folder, _ way: EntryPath) throws(FileFailure) {
        for entry in try folder.entries() {
            let item = Item(way: way + [entry.name], entry: entry)
            switch entry.kind {
            case .folder:
                folders += 1
                try add(try folder.folder(entry.name), item.way)
            case .other: special.append(item)
            case .file, .link:
                if entry.kind == .file, LogInventory.isOwn(item.way) {
                    own.append(item)
                } else if entry.name.hasSuffix(".log") {
                    old.append(item)
                } else {
                    other.append(item)
                }
            }
        }
    }

    /// Whether the new layout has a file of this name there.
    static func isOwn(_ way: EntryPath) -> Bool {
        guard way.count == 2 else { return false }
        return [DailyFileKind.text, .errors].contains { kind in
            way[0] == EntryName(kind.directory) && DailyFileName(way[1].description, kind: kind) != nil
        }
    }
}
