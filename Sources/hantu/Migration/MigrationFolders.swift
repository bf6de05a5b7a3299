import Glibc
import LogSinks
import LogSpool

/// The directories of the new layout: the log directory, `info` and `errors`, each with mode 755.
extension Migration {
    private static let names = [DailyFileKind.text, .errors].map { EntryName($0.directory) }

    func planFolders() throws(FileFailure) -> [FolderPlan] {
        guard let source else {
            return [FolderPlan(path: directory, action: .make)]
                + Migration.names.map { FolderPlan(path: "\(directory)/\($0)", action: .make) }
        }
        var plans = [FolderPlan(path: directory, action: try Migration.action(source))]
        for name in Migration.names {
            let path = "\(directory)/\(name)"
            guard let entry = source.entry(name) else {
                plans.append(FolderPlan(path: path, action: .make))
                continue
            }
            // A link could lead anywhere; whoever put it there must say what it is for.
            guard entry.kind == .folder else { throw FileFailure(path: path, code: ENOTDIR) }
            plans.append(FolderPlan(path: path, action: try Migration.action(source.folder(name))))
        }
        return plans
    }

    func makeFolders(_ faults: FaultPoints) throws {
        if source == nil, mkdir(directory, Migration.mode) != 0, errno != EEXIST {
            throw FileFailure(path: directory, code: errno)
        }
        let root = try source ?? Folder(directory)
        try Migration.setMode(of: root)
        var owner = stat()
        fstat(root.descriptor, &owner)
        for name in Migration.names {
            if root.entry(name) == nil {
                let made = try root.makeFolder(name, mode: Migration.mode)
                // Made by root, used by whoever owns the rest.
                if geteuid() == 0 { fchown(made.descriptor, owner.st_uid, owner.st_gid) }
            }
            try Migration.setMode(of: root.folder(name))
        }
        try root.sync()
        faults.reach(.migrateFoldersMade)
    }

    private static func action(_ folder: Folder) throws(FileFailure) -> FolderPlan.Action {
        try mode(of: folder) == mode ? .ready : .mode
    }

    private static func mode(of folder: Folder) throws(FileFailure) -> mode_t {
        var status = stat()
        guard fstat(folder.descriptor, &status) == 0 else {
            throw FileFailure(path: folder.path, code: errno)
        }
        return status.st_mode & 0o7777
    }

    private static func setMode(of folder: Folder) throws(FileFailure) {
        // What is right already may belong to somebody else.
        guard try mode(of: folder) != mode else { return }
        guard fchmod(folder.descriptor, mode) == 0 else { throw FileFailure(path: folder.path, code: errno) }
    }
}
