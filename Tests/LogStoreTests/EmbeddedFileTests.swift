import Glibc
import LogModel
import LogStore
import LogTesting
import Testing

/// The embedded store's files: made, found missing, in the way, damaged, removed.
struct EmbeddedFileTests {
    private let directory: TemporaryDirectory
    private let clock = ManualClock(seconds: 1_769_916_896)

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.file("spool/deep/errors.db") }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    private func names(_ directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    @Test func filesAndDirectoriesAreMadeWithTheirModes() throws {
        let before = umask(0o077)
        defer { umask(before) }
        let store = EmbeddedStore(path: path, access: .own, clock: clock)
        _ = try store.insert([ErrorStoreContract.sample(1)])
        for suffix in ["", "-wal", "-shm"] { #expect(mode(path + suffix) == 0o640, "\(suffix)") }
        store.close()
        #expect(names(directory.file("spool/deep")) == ["errors.db"])
    }

    @Test func theDirectoryIsClosedToOthers() throws {
        try EmbeddedStore(path: path, access: .own, clock: clock).prepare()
        #expect(mode(directory.file("spool")) == 0o750)
        #expect(mode(directory.file("spool/deep")) == 0o750)
    }

    @Test func aDirectoryInItsPlaceIsUnreachable() throws {
        let path = directory.file("errors.db")
        #expect(mkdir(path, 0o755) == 0)
        let store = EmbeddedStore(path: path, access: .own, clock: clock)
        #expect(throws: StoreError.unreachable("\(path) is not a regular file")) { try store.prepare() }
        #expect(rmdir(path) == 0)
        #expect(try store.insert([ErrorStoreContract.sample(1)]) == InsertCount(new: 1, duplicate: 0))
    }

    @Test func aSymbolicLinkIsNotFollowed() throws {
        let path = directory.file("errors.db")
        #expect(symlink(directory.file("elsewhere"), path) == 0)
        let store = EmbeddedStore(path: path, access: .own, clock: clock)
        #expect(throws: StoreError.unreachable("\(path) is not a regular file")) { try store.prepare() }
        #expect(names(directory.path) == ["errors.db"])
    }

    @Test func aPlaceThatCannotBeMadeIsUnreachable() throws {
        let store = EmbeddedStore(path: "/proc/nothing/errors.db", access: .own, clock: clock)
        #expect {
            try store.prepare()
        } throws: { error in
            guard case .unreachable(let reason) = error as? StoreError else { return false }
            return reason.contains("/proc/nothing")
        }
    }

    @Test(arguments: ["no database at all, only text", "SQLite format 3\0 and then nothing that fits"])
    func aDamagedFileIsSetAsideAndANewOneBegun(_ content: String) throws {
        let path = directory.file("errors.db")
        try write(String(repeating: content, count: 100), to: path)
        let events = Events()
        let store = EmbeddedStore(path: path, access: .own, clock: clock) { events.append($0) }
        #expect(try store.insert([ErrorStoreContract.sample(1)]) == InsertCount(new: 1, duplicate: 0))
        let aside = path + ".damaged-20260201T033456Z"
        #expect(events.all.count == 1)
        guard case .setAside(aside, let reason)? = events.all.first else {
            Issue.record("\(events.all)")
            return
        }
        #expect(reason.contains("not a database") || reason.contains("malformed"))
        #expect(read(aside) == Array(String(repeating: content, count: 100).utf8))
        store.close()
        #expect(names(directory.path) == ["errors.db", "errors.db.damaged-20260201T033456Z"])
    }

    @Test func damageInsideIsMetWhileWritingAndSetAsideByTheNextPrepare() throws {
        let path = directory.file("errors.db")
        let events = Events()
        let store = EmbeddedStore(path: path, access: .own, clock: clock) { events.append($0) }
        _ = try store.insert((0..<500).map { ErrorStoreContract.sample($0) })
        store.close()
        // Everything behind the first pages, which hold the schema and the roots, becomes nonsense.
        var bytes = read(path)
        for index in (16 * 4096)..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try write(bytes, to: path)

        #expect {
            _ = try store.insert((500..<900).map { ErrorStoreContract.sample($0) })
        } throws: { error in
            guard case .damaged = error as? StoreError else { return false }
            return true
        }
        #expect(events.all.isEmpty)
        try store.prepare()
        #expect(events.all.count == 1)
        #expect(try store.insert([ErrorStoreContract.sample(1)]) == InsertCount(new: 1, duplicate: 0))
        #expect(try store.count() == 1)
    }

    @Test(arguments: [EmbeddedStore.Access.read, .change])
    func whoOnlyLooksLeavesADamagedFileWhereItIs(_ access: EmbeddedStore.Access) throws {
        let path = directory.file("errors.db")
        try write(String(repeating: "x", count: 5000), to: path)
        let store = EmbeddedStore(path: path, access: access, clock: clock)
        for _ in 0..<2 {
            #expect {
                try store.prepare()
            } throws: { error in
                guard case .damaged = error as? StoreError else { return false }
                return true
            }
        }
        #expect(names(directory.path) == ["errors.db"])
    }

    @Test func twoDamagedFilesOfOneSecondAreBothKept() throws {
        let path = directory.file("errors.db")
        for _ in 0..<2 {
            try write(String(repeating: "x", count: 5000), to: path)
            let store = EmbeddedStore(path: path, access: .own, clock: clock)
            try store.prepare()
            store.close()
            unlink(path)
        }
        #expect(
            names(directory.path) == [
                "errors.db.damaged-20260201T033456Z", "errors.db.damaged-20260201T033456Z-2",
            ])
    }

    @Test func aFileRemovedUnderTheDaemonIsMadeAnewAndReported() throws {
        let path = directory.file("errors.db")
        let events = Events()
        let store = EmbeddedStore(path: path, access: .own, clock: clock) { events.append($0) }
        _ = try store.insert([ErrorStoreContract.sample(1)])
        for suffix in ["", "-wal", "-shm"] { #expect(unlink(path + suffix) == 0) }
        #expect(try store.insert([ErrorStoreContract.sample(2)]) == InsertCount(new: 1, duplicate: 0))
        #expect(events.all == [.replaced(path: path)])
        let reader = EmbeddedStore(path: path, access: .read, clock: clock)
        #expect(try reader.records(matching: StoreQuery()).map(\.record) == [ErrorStoreContract.sample(2)])
    }
}
