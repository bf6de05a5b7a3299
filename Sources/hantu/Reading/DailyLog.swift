import Glibc
import LogModel
import LogSinks

/// The daily files of one kind (contract section 5).
struct DailyLog {
    let directory: String
    let kind: DailyFileKind
    let zone: ZoneRules

    /// The directory that holds them.
    var path: String { directory + "/" + kind.directory }

    func path(of file: DailyFileName) -> String { directory + "/" + file.path }

    /// The files that are there, one a day, the oldest first; none where the directory is missing.
    ///
    /// While a closed day is being compressed both forms exist: the plain one is whole.
    func files() throws(PlainFile.Failure) -> [DailyFileName] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw PlainFile.Failure(number: errno)
        }
        defer { closedir(stream) }
        var days: [CivilDate: DailyFileName] = [:]
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let file = DailyFileName(name, kind: kind) else { continue }
            if days[file.day] == nil || file.compression == .none { days[file.day] = file }
        }
        return days.values.sorted { $0.day < $1.day }
    }

    /// Prints the last lines that the view wants, the oldest first.
    ///
    /// Of a file in `ends`, nothing behind this offset counts. Goes over each plain file from its end and
    /// remembers only where lines stand; a compressed file is unpacked twice.
    func printLast(
        _ query: RecordQuery, _ view: any LineView, _ output: Output, upTo ends: [CivilDate: Int] = [:]
    ) -> ReadProblems {
        var problems = ReadProblems()
        let candidates: [DailyFileName]
        do throws(PlainFile.Failure) {
            candidates = try files().filter { query.canBeOn($0.day, zone: zone) }
        } catch {
            problems.unreadable.append("\(path): \(error.reason)")
            return problems
        }
        var chosen: [(file: DailyFileName, choice: LineChoice)] = []
        var wanted = query.limit
        for file in candidates.reversed() where wanted > 0 {
            let choice = LineChoice.last(
                wanted, in: path(of: file), file.compression, upTo: ends[file.day], view, &problems)
            wanted -= choice.count
            chosen.append((file, choice))
        }
        for (file, choice) in chosen.reversed() {
            choice.print(path(of: file), file.compression, view, output, &problems)
        }
        return problems
    }
}
