internal import Glibc
internal import LogModel

/// Puts a salvaged database in the place of the damaged one, in steps that a later start can finish.
///
/// `spool.db.salvage` is being built; `spool.db.new` is whole and waits for its place. The damaged database and
/// its log get the name `spool.db.damaged-TIME` and are never touched again.
struct Replacement {
    let path: String

    var building: String { path + ".salvage" }
    private var ready: String { path + ".new" }

    /// Whether one was built and did not get to its place.
    var isReady: Bool { access(ready, F_OK) == 0 }

    /// Removes what an interrupted salvage left.
    func clear() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(building + suffix) }
    }

    /// Declares what was built whole.
    func declareReady() throws {
        try move(building, ready)
        syncDirectory(path.parentDirectory)
    }

    /// Gives the damaged database another name, and the new one its place; returns that name.
    func finish(at time: Timestamp) throws -> String {
        let name = freeName(at: time)
        let target = path.parentDirectory + "/" + name
        // The log goes first: under the new database it would be taken for its own.
        for suffix in ["-wal", "-shm", ""] { try move(path + suffix, target + suffix) }
        // The new one has none of its own yet.
        for number in SegmentFiles.numbers(besides: path) {
            let suffix = SegmentFiles.infix + String(number)
            try move(path + suffix, target + suffix)
        }
        try move(ready, path)
        syncDirectory(path.parentDirectory)
        return name
    }

    private func move(_ from: String, _ to: String) throws {
        guard rename(from, to) == 0 || errno == ENOENT else {
            throw SpoolFault.failed(
                code: 0, message: "\(from) can't be renamed: \(String(cString: strerror(errno)))")
        }
    }

    /// `spool.db.damaged-20260201T123456Z`, numbered where there is such a file.
    private func freeName(at time: Timestamp) -> String {
        let seconds = Int(max(0, time.seconds))
        let date = CivilDate(dayNumber: seconds / 86_400).compact
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }
        let base = "\(SpoolFormat.fileName).damaged-\(date)T\(clock.joined())Z"
        var name = base
        var number = 2
        while access(path.parentDirectory + "/" + name, F_OK) == 0 {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }
}
