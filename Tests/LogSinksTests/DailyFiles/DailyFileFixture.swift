import LogModel
import LogTesting
import Synchronization

@testable import LogSinks

/// A set of daily files on a scripted file system, with everything it told.
final class DailyFileFixture: Sendable {
    let clock = ManualClock()
    let fileSystem = ScriptedFileSystem()
    let told = Mutex<[DailyFileEvent]>([])
    let shown = Mutex<[(text: String, kept: Bool)]>([])
    let owed = Mutex<[String]>([])
    let reclaims = Mutex(0)
    let onReclaim = Mutex<@Sendable () -> Bool>({ false })

    static let today = CivilDate(dayNumber: 20_000)
    static let textPath = "/logs/info/info_\(today.compact).log"
    static let errorPath = "/logs/errors/error_\(today.compact).json"

    func make(days: Int = 3) -> DailyFileSet {
        var configuration = FilesConfiguration()
        configuration.directory = "/logs"
        configuration.retention.days = days
        return DailyFileSet(
            configuration: configuration, clock: clock, fileSystem: fileSystem,
            standardError: { [self] _, bytes, kept in
                shown.withLock { $0.append((String(decoding: bytes, as: UTF8.self), kept)) }
            },
            owe: { [self] day, bytes in
                owed.withLock { $0.append("\(day.compact) " + String(decoding: bytes, as: UTF8.self)) }
            },
            reclaim: { [self] in
                reclaims.withLock { $0 += 1 }
                return onReclaim.withLock { $0 }()
            },
            events: { [self] event in told.withLock { $0.append(event) } })
    }

    var events: [DailyFileEvent] { told.withLock { $0 } }
    var standardError: String { shown.withLock { $0.map(\.text).joined() } }
}

/// Lines for one file.
func chunk(_ lines: String..., kind: DailyFileKind = .text, day: CivilDate = DailyFileFixture.today)
    -> FileChunk
{
    chunk(lines, kind: kind, day: day)
}

func chunk(_ lines: [String], kind: DailyFileKind, day: CivilDate) -> FileChunk {
    var bytes = OutputBuffer()
    for line in lines { bytes.append(text: line + "\n") }
    return FileChunk(kind: kind, day: day, bytes: bytes, records: lines.count)
}
