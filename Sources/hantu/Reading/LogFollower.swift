import Glibc
import LogModel
import LogSinks

/// Goes on with the daily files as lines are added, over midnight, truncation and replacement.
///
/// Yesterday's, today's and tomorrow's files are watched: a record goes to the file of its own date, and that
/// may be one of the neighbours.
struct LogFollower {
    private let log: DailyLog
    private let query: RecordQuery
    private var files: [CivilDate: FollowedFile] = [:]

    /// Begins behind the last whole line that each file has now.
    init(log: DailyLog, query: RecordQuery, now: Timestamp) {
        self.log = log
        self.query = query
        for day in days(at: now) { files[day] = FollowedFile(path: path(of: day), fromEnd: true) }
    }

    /// Where each file is read on.
    var positions: [CivilDate: Int] { files.mapValues(\.position) }

    /// Prints what was added since the last time.
    mutating func poll(at now: Timestamp, _ view: any LineView, _ output: Output) {
        let watched = days(at: now)
        for day in watched {
            if files[day] == nil { files[day] = FollowedFile(path: path(of: day), fromEnd: false) }
        }
        for (day, file) in files.sorted(by: { $0.key < $1.key }) {
            var isThere = file.read(view, output)
            // Replaced: what is there now is read from its beginning.
            while !isThere {
                files[day] = FollowedFile(path: path(of: day), fromEnd: false)
                guard let replacement = files[day] else { break }
                isThere = replacement.read(view, output)
            }
            if !watched.contains(day) { files[day] = nil }
        }
    }

    private func days(at now: Timestamp) -> [CivilDate] {
        let today = log.zone.date(of: now)
        return (-1...1).map { today.adding(days: $0) }.filter { query.canBeOn($0, zone: log.zone) }
    }

    private func path(of day: CivilDate) -> String { log.path(of: DailyFileName(kind: log.kind, day: day)) }
}

/// One file that is being followed; it is gone when its path names another file or none.
private final class FollowedFile {
    private let path: String
    private let file: PlainFile
    private var assembler = LineAssembler()
    private let block = ByteBlock(capacity: 64 << 10)
    private(set) var position: Int

    /// nil where no such file can be opened.
    init?(path: String, fromEnd: Bool) {
        guard let file = try? PlainFile(path) else { return nil }
        self.path = path
        position = fromEnd ? FollowedFile.endOfLastLine(in: file) : 0
        self.file = file
    }

    /// Prints what was added; false when the file isn't at its path any more.
    func read(_ view: any LineView, _ output: Output) -> Bool {
        if file.currentSize() < position {
            position = 0
            assembler.reset()
        }
        // Looked at before reading, so that nothing written to the old file before it was moved is missed.
        let isInPlace = isAtItsPath()
        while let got = try? file.read(at: position, into: block.start, count: block.capacity), got > 0 {
            position += got
            assembler.take(block.bytes(0..<got)) { line in
                if !line.isEmpty, view.judge(line) == .wanted { output.append(line, view) }
            }
        }
        return isInPlace
    }

    private func isAtItsPath() -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && UInt64(status.st_ino) == file.inode
    }

    private static func endOfLastLine(in file: borrowing PlainFile) -> Int {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        var end = file.size
        while end > 0 {
            let start = max(0, end - block.count)
            let got = block.withUnsafeMutableBufferPointer { room in
                (try? file.read(at: start, into: room.baseAddress!, count: end - start)) ?? 0
            }
            if let newline = block[..<got].lastIndex(of: 0x0A) { return start + newline + 1 }
            end = start
        }
        return 0
    }
}
