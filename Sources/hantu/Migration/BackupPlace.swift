import Glibc
import LogModel

/// Where the backups of a log directory lie: `logs_backup_YYYYMMDD` beside it, further ones of a day with `_2`, `_3`.
struct BackupPlace {
    /// The directory that holds the log directory and its backups.
    let parent: Folder

    /// An unfinished copy; what is found under this name is begun anew.
    static let unfinished = EntryName(".logs_backup.partial")

    /// A backup's name taken apart.
    struct Name: Comparable {
        var day: CivilDate
        var number: Int

        init(day: CivilDate, number: Int) {
            self.day = day
            self.number = number
        }

        /// nil where this is no backup's name.
        init?(_ text: String) {
            let prefix = "logs_backup_"
            guard text.hasPrefix(prefix) else { return nil }
            let parts = text.dropFirst(prefix.count).split(separator: "_", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let day = CivilDate(compact: parts[0]) else { return nil }
            self.init(day: day, number: parts.count == 1 ? 1 : Int(parts[1]) ?? 0)
            guard self.text == text else { return nil }
        }

        var text: String { "logs_backup_\(day.compact)" + (number > 1 ? "_\(number)" : "") }
        var entry: EntryName { EntryName(text) }

        static func < (one: Name, other: Name) -> Bool { (one.day, one.number) < (other.day, other.number) }
    }

    /// The place for this log directory, which need not be there.
    init(beside directory: String) throws(FileFailure) {
        var path = directory[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        guard let slash = path.lastIndex(of: "/"), path.count > 1 else {
            throw FileFailure(path: directory, code: EINVAL)
        }
        parent = try Folder(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    /// The backups that are there, the newest first; a link of such a name is none.
    func backups() throws(FileFailure) -> [Name] {
        try parent.entries().compactMap { $0.kind == .folder ? Name($0.name.description) : nil }
            .sorted(by: >)
    }

    /// The first name of this day that nothing has.
    func freeName(_ day: CivilDate) -> Name {
        var name = Name(day: day, number: 1)
        while parent.entry(name.entry) != nil { name.number += 1 }
        return name
    }

    func path(of name: Name) -> String {
        (parent.path == "/" ? "" : parent.path) + "/" + name.text
    }
}
