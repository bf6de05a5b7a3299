import Glibc
import LogModel

/// All daily files that are being written, and the rules for those that can't be (contract sections 3 and 7).
///
/// While a file fails, its lines go to `standardError` at once. Error lines, and a line of which a part is in the
/// file, are kept as well and written when the file is back. Belongs to the writer's thread; no thread in here.
final class DailyFileSet {
    /// Gets lines that can't be written; the flag says that they will be in their file too, once that is back.
    typealias StandardError = @Sendable (DailyFileKind, UnsafeBufferPointer<UInt8>, _ kept: Bool) -> Void
    /// Gets error lines that can't be written to the file of this day, before anybody is told that they are safe.
    typealias Owe = @Sendable (CivilDate, UnsafeBufferPointer<UInt8>) -> Void

    /// Error lines kept for a file that fails, at most; the oldest go first.
    static let backlogLimit = 8 << 20
    /// A file that got nothing for so long is closed.
    static let idleLimit: UInt64 = 300_000_000_000
    /// How often at most it is looked whether a file still has its name.
    static let checkInterval: UInt64 = 1_000_000_000

    private let configuration: FilesConfiguration
    private let clock: any Clock
    private let fileSystem: any FileSystem
    private let standardError: StandardError
    private let owe: Owe
    private let reclaim: @Sendable () -> Bool
    private let events: @Sendable (DailyFileEvent) -> Void
    private var files: [DailyFile] = []
    private var told: [DailyFileKind: DailyFileEvent] = [:]

    init(
        configuration: FilesConfiguration, clock: any Clock, fileSystem: any FileSystem,
        standardError: @escaping StandardError, owe: @escaping Owe = { _, _ in },
        reclaim: @escaping @Sendable () -> Bool,
        events: @escaping @Sendable (DailyFileEvent) -> Void
    ) {
        self.configuration = configuration
        self.clock = clock
        self.fileSystem = fileSystem
        self.standardError = standardError
        self.owe = owe
        self.reclaim = reclaim
        self.events = events
    }

    /// Writes these chunks, each file's in their order, with as few calls as it takes.
    func write(_ chunks: some Sequence<FileChunk>) {
        var touched: [DailyFile] = []
        for chunk in chunks where chunk.byteCount > 0 {
            let file = file(of: chunk)
            if file.incoming.isEmpty { touched.append(file) }
            file.incoming.append(FilePiece(chunk: chunk))
        }
        for file in touched { serve(file) }
    }

    /// Tries what failed and is due again, and closes what is idle.
    func tick() {
        let now = clock.monotonicNanoseconds()
        for file in files {
            if let failure = file.failure {
                if let next = failure.nextAttempt, now >= next { serve(file) }
                if failure.nextAttempt == nil { forgetIfOver(file, now) }
            } else if now >= file.lastUse + DailyFileSet.idleLimit {
                file.close()
            }
        }
        files.removeAll { $0.failure == nil && !$0.isOpen }
    }

    /// When `tick` has something to do next, in monotonic nanoseconds.
    var nextDue: UInt64? {
        let now = clock.monotonicNanoseconds()
        return files.compactMap { file in
            let idle = file.lastUse + DailyFileSet.idleLimit
            guard let failure = file.failure else { return idle }
            return failure.nextAttempt ?? (idle > now ? idle : nil)
        }.min()
    }

    /// Tries every file that fails at once, whatever its back-off.
    func retryAll() {
        for file in files where file.failure != nil {
            file.failure?.nextAttempt = 0
            serve(file)
        }
    }

    /// Closes this day's file, so that its name may be given to another.
    func release(_ kind: DailyFileKind, _ day: CivilDate) {
        for file in files where file.name.kind == kind && file.name.day == day { file.close() }
    }

    /// A last attempt, and everything is closed.
    func finish() {
        retryAll()
        for file in files {
            file.close()
            let records = file.owed.reduce(0) { $0 + FileChunk.lines(in: $1.wholeLines) }
            if records > 0 { events(.backlogDropped(file.name.kind, records: records)) }
        }
    }

    /// Bytes of lines that wait for their file.
    var backlog: Int { files.reduce(0) { $0 + $1.owed.reduce(0) { $0 + $1.count } } }

    private func file(of chunk: FileChunk) -> DailyFile {
        if let known = files.last(where: { $0.name.day == chunk.day && $0.name.kind == chunk.kind }) {
            return known
        }
        closeOldest(of: chunk.kind)
        let file = DailyFile(
            name: DailyFileName(kind: chunk.kind, day: chunk.day), directory: configuration.directory,
            fileSystem: fileSystem)
        files.append(file)
        return file
    }

    /// Records are of `days` days and of tomorrow, so that more files than that are never needed at a time.
    private func closeOldest(of kind: DailyFileKind) {
        let open = files.filter { $0.name.kind == kind && $0.isOpen && $0.incoming.isEmpty }
        guard open.count > configuration.retention.days else { return }
        open.min { $0.lastUse < $1.lastUse }?.close()
    }

    private func serve(_ file: DailyFile) {
        let now = clock.monotonicNanoseconds()
        file.lastUse = now
        if let next = file.failure?.nextAttempt, now < next { return refuse(file) }
        if now >= file.lastCheck + DailyFileSet.checkInterval {
            file.lastCheck = now
            if file.closeIfReplaced() { events(.replaced(file.name.kind, file.name.day)) }
        }
        do {
            do {
                try attempt(file)
            } catch  where error.isFull && reclaim() {
                file.close()
                try attempt(file)
            }
        } catch {
            // Whether there is room can be asked; any other error of a write is over when a write succeeds.
            let needsWrite = file.isOpen && error.code != ENOSPC
            file.close()
            file.failure = DailyFile.Failure(
                error: error, since: file.failure?.since ?? clock.now(),
                nextAttempt: now + file.backoff.next(), needsWrite: needsWrite)
            refuse(file)
            tell(file.name.kind)
        }
    }

    private func attempt(_ file: DailyFile) throws(SystemCallError) {
        let report = try file.append()
        if report.hadTornLine { events(.tornLine(file.name.kind, file.name.day)) }
        // An open that works says little about writing: the pauses go on growing until something was written.
        if report.bytes > 0 { file.backoff.reset() }
        guard let failure = file.failure else { return }
        guard report.bytes > 0 || !failure.needsWrite else {
            file.failure?.nextAttempt = nil
            return
        }
        file.failure = nil
        tell(file.name.kind)
    }

    /// Ends the failure of a file that waits for a line to try with and gets none any more: its day is over.
    private func forgetIfOver(_ file: DailyFile, _ now: UInt64) {
        let hasSuccessor = files.contains {
            $0.name.kind == file.name.kind && $0.name.day > file.name.day && $0.failure == nil
        }
        guard hasSuccessor, now >= file.lastUse + DailyFileSet.idleLimit else { return }
        file.close()
        file.failure = nil
        tell(file.name.kind)
    }

    /// Sends what came in to stderr, and keeps of it what the file gets later.
    private func refuse(_ file: DailyFile) {
        let kind = file.name.kind
        var records = 0
        var kept = 0
        if kind == .errors { owe(file.incoming, for: file.name.day) }
        func toStandardError(_ piece: FilePiece, kept willBeWritten: Bool) {
            let lines = piece.wholeLines
            guard !lines.isEmpty else { return }
            standardError(kind, lines, willBeWritten)
            let count = FileChunk.lines(in: lines)
            records += count
            if willBeWritten { kept += count }
        }
        for var piece in file.incoming {
            if kind == .text {
                if let torn = piece.splitTornLine() {
                    toStandardError(torn, kept: true)
                    file.owed.append(torn)
                }
                toStandardError(piece, kept: false)
            } else {
                toStandardError(piece, kept: true)
                file.owed.append(piece)
            }
        }
        file.incoming = []
        if records > 0 { events(.toStandardError(kind, records: records, keptForLater: kept)) }
        trimBacklog()
    }

    /// In one go: each costs a commit.
    private func owe(_ pieces: [FilePiece], for day: CivilDate) {
        var lines = OutputBuffer()
        for piece in pieces { lines.append(piece.wholeLines) }
        if lines.count > 0 { owe(day, lines.bytes) }
    }

    private func trimBacklog() {
        var excess = backlog - DailyFileSet.backlogLimit
        guard excess > 0 else { return }
        for file in files.sorted(by: { $0.name.day < $1.name.day }) {
            // The rest of a line of which a part is in the file stays: nothing else could make it whole.
            let first = file.owed.first?.isMidLine ?? false ? 1 : 0
            var next = first
            var records = 0
            while excess > 0, next < file.owed.count {
                excess -= file.owed[next].count
                records += FileChunk.lines(in: file.owed[next].wholeLines)
                next += 1
            }
            if next > first { file.owed.removeSubrange(first..<next) }
            if records > 0 { events(.backlogDropped(file.name.kind, records: records)) }
        }
    }

    /// Tells the kind's state where it is another than was told last.
    private func tell(_ kind: DailyFileKind) {
        let failures = files.filter { $0.name.kind == kind }.compactMap(\.failure)
        let worst = failures.first { $0.error.isFull } ?? failures.min { $0.since < $1.since }
        let event = worst.map { failure -> DailyFileEvent in
            failure.error.isFull
                ? .diskFull(kind, since: failure.since) : .failing(kind, failure.error, since: failure.since)
        }
        guard event != told[kind] else { return }
        told[kind] = event
        events(event ?? .recovered(kind))
    }
}
