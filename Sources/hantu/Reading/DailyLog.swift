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

    /// Prints the last lines that the view wants, the oldest first; `begins` is called before the first.
    ///
    /// Of a file in `ends`, nothing behind this offset counts. All lines are printed as they are found. To know the
    /// last ones, each plain file is gone over from its end, and only where lines stand is remembered; a compressed
    /// file is unpacked twice.
    func printLast(
        _ query: RecordQuery, _ view: any LineView, _ output: Output, upTo ends: [CivilDate: Int] = [:],
        begins: () -> Void = {}
    ) -> ReadProblems {
        var problems = ReadProblems()
        let candidates: [DailyFileName]
        do throws(PlainFile.Failure) {
            candidates = try files().filter { query.canBeOn($0.day, zone: zone) }
        } catch {
            problems.unreadable.append("\(path): \(error.reason)")
            return problems
        }
        if query.limit == .max {
            begins()
            printAll(candidates, view, output, upTo: ends, &problems)
        } else {
            printLast(query.limit, of: candidates, view, output, upTo: ends, begins, &problems)
        }
        return problems
    }

    /// What is found is shown before anything far behind it is read.
    private func printAll(
        _ candidates: [DailyFileName], _ view: any LineView, _ output: Output,
        upTo ends: [CivilDate: Int], _ problems: inout ReadProblems
    ) {
        var broken = 0
        for file in candidates {
            FileSearch(needles: view.needles).forEach(
                in: path(of: file), upTo: ends[file.day], &problems, afterRun: output.flush
            ) { line in
                switch view.judge(line) {
                case .wanted: output.append(line, view)
                case .unwanted: break
                case .broken: broken += 1
                }
            }
        }
        problems.brokenLines += broken
    }

    private func printLast(
        _ limit: Int, of candidates: [DailyFileName], _ view: any LineView, _ output: Output,
        upTo ends: [CivilDate: Int], _ begins: () -> Void, _ problems: inout ReadProblems
    ) {
        let progress = Progress("검색", total: 0, text: StatusView.bytes)
        var chosen: [(file: DailyFileName, choice: LineChoice)] = []
        var wanted = limit
        for file in candidates.reversed() where wanted > 0 {
            let choice = LineChoice.last(
                wanted, in: path(of: file), file.compression, upTo: ends[file.day], view, &problems,
                searched: progress.advance(by:))
            wanted -= choice.count
            chosen.append((file, choice))
        }
        progress.end()
        begins()
        for (file, choice) in chosen.reversed() {
            choice.print(path(of: file), file.compression, view, output, &problems)
        }
    }
}
