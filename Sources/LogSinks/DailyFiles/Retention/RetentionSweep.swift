import Glibc
import LogModel

/// What a look through the daily files did.
package enum RetentionEvent: Sendable, Equatable {
    case deleted(DailyFileName, bytes: Int)
    case compressed(DailyFileName, from: Int, to: Int)
    /// The file, or the directory, that something failed for.
    case failed(String, SystemCallError)
}

/// One look through the daily files: what is past its time goes, what is closed is compressed (contract section 8).
struct RetentionSweep {
    let directory: String
    let zone: ZoneRules
    let configuration: RetentionConfiguration
    let events: (RetentionEvent) -> Void

    /// The whole check, at this Unix second.
    func run(
        at now: Int64,
        whileClosed: (DailyFileKind, CivilDate, @escaping @Sendable () -> Void) -> Bool,
        shouldStop: () -> Bool
    ) {
        withoutActuallyEscaping(whileClosed) { whileClosed in
            withoutActuallyEscaping(shouldStop) { shouldStop in
                let compressors = directories().mapValues { directory in
                    DayCompressor(
                        directory: directory,
                        whileClosed: { whileClosed(directory.kind, $0, $1) }, shouldStop: shouldStop)
                }
                for compressor in compressors.values {
                    report(compressor.directory.kind.directory) { () throws(SystemCallError) in
                        try compressor.recover()
                    }
                }
                let plan = plan(at: now, compressors.mapValues(\.directory))
                delete(plan.deletions, compressors.mapValues(\.directory))
                for entry in plan.compressions where !shouldStop() {
                    report(entry.name.path) { () throws(SystemCallError) in
                        let sizes = try compressors[entry.name.kind]?.compress(
                            entry.name, with: configuration.compress)
                        if let sizes { events(.compressed(entry.name, from: sizes.from, to: sizes.to)) }
                    }
                }
            }
        }
    }

    /// Deletes only what is past its time; returns how many bytes that freed.
    func deleteExpired(at now: Int64) -> Int {
        let directories = directories()
        return delete(plan(at: now, directories).deletions, directories)
    }

    private func directories() -> [DailyFileKind: LogDirectory] {
        var found: [DailyFileKind: LogDirectory] = [:]
        for kind in DailyFileKind.allCases {
            do { found[kind] = try LogDirectory(kind, below: directory) } catch {
                // Before the first line there is none.
                if error.code != ENOENT { events(.failed(kind.directory, error)) }
            }
        }
        return found
    }

    private func plan(at now: Int64, _ directories: [DailyFileKind: LogDirectory]) -> RetentionPlan {
        var entries: [DailyFileEntry] = []
        for directory in directories.values {
            report(directory.kind.directory) { () throws(SystemCallError) in
                entries += try directory.entries()
            }
        }
        return RetentionPlan(
            entries: entries, today: zone.date(of: Timestamp(seconds: now)),
            closedBefore: RetentionSchedule.closedBefore(now, zone: zone), configuration: configuration)
    }

    @discardableResult
    private func delete(_ entries: [DailyFileEntry], _ directories: [DailyFileKind: LogDirectory]) -> Int {
        var freed = 0
        for entry in entries {
            report(entry.name.path) { () throws(SystemCallError) in
                try directories[entry.name.kind]?.remove(entry.name.text)
                freed += entry.size
                events(.deleted(entry.name, bytes: entry.size))
            }
        }
        return freed
    }

    private func report(_ name: String, _ body: () throws(SystemCallError) -> Void) {
        do { try body() } catch { events(.failed(name, error)) }
    }
}
