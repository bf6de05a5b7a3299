import Foundation
import LogModel
import LogSinks
import Synchronization

/// Sends records through `JournalSink`, for the tests that need it to run beside a journald of its own.
///
///     JournalProbe send           one record of the daemon's own JSON form a line of stdin
///     JournalProbe flood COUNT    that many ERROR records; tells as JSON how long submitting took, what was dropped
///                                 and whether the end was reached in time
@main struct JournalProbe {
    static func main() async throws {
        let dropped = Atomic<Int>(0)
        let told = Mutex<[String]>([])
        let sink = JournalSink(
            configuration: JournalConfiguration(), clock: Host(),
            standardError: { line in FileHandle.standardError.write(Data(line.utf8)) },
            events: { event in
                if case .dropped(_, let records) = event { dropped.add(records, ordering: .relaxed) }
                told.withLock { if $0.count < 10 { $0.append("\(event)") } }
            })
        switch CommandLine.arguments.dropFirst().first {
        case "send":
            while let line = readLine() { sink.submit(chunk(line)) }
            print(await sink.stop(within: .seconds(20)) ? "sent" : "stuck")
        case "flood":
            let count = Int(CommandLine.arguments[2])!
            let started = ContinuousClock.now
            for number in 0..<count {
                sink.submit(
                    chunk(
                        """
                        {"timestamp":"2026-02-01T12:34:56+09:00","level":"ERROR","service":"flood","message":"\(number)"}
                        """))
            }
            let submitting = ContinuousClock.now - started
            let ended = await sink.stop(within: .milliseconds(300))
            let milliseconds = submitting / .milliseconds(1)
            print(
                """
                {"milliseconds":\(milliseconds),"dropped":\(dropped.load(ordering: .relaxed)),"ended":\(ended)}
                """)
        default:
            print("usage: JournalProbe send | flood COUNT")
            exit(64)
        }
    }

    static func chunk(_ line: String) -> RecordChunk {
        var bytes = OutputBuffer()
        let start = RecordFrame.open(in: &bytes)
        bytes.append(text: line)
        let severity: Severity = line.contains("CRITICAL") ? .critical : .error
        RecordFrame.close(at: start, in: &bytes, severity: severity, outputs: [])
        return RecordChunk(bytes, count: 1)
    }

    struct Host: LogModel.Clock {
        func now() -> Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
        func monotonicNanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
    }
}
