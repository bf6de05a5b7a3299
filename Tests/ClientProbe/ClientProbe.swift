import Glibc
import HantuLog
import Logging

/// A service that does as it is told, for tests that look at the Swift client from outside; not installed.
///
///     info TEXT, error TEXT      one record
///     threads NUMBER RECORDS     so many threads, each logs so many records at INFO and one at ERROR
///     load MILLISECONDS          logs 500 records each 50 ms, every hundredth at ERROR
///
/// One command a line of stdin, each answered when its calls have returned: with `done`, or what `load` did as JSON.
/// Input's end is the process's, at once.
@main
struct ClientProbe {
    static let logger = Logger(label: "core.probe")

    static func main() {
        HantuLog.bootstrap(service: "probe", level: .debug)
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let numbers = words.last?.split(separator: " ").compactMap { Int($0) } ?? []
            switch words.first {
            case "info": logger.info("\(words[1])")
            case "error": logger.error("\(words[1])")
            case "threads": runThreads(numbers[0], records: numbers[1])
            case "load":
                answer(load(milliseconds: numbers[0]))
                continue
            default: exit(64)
            }
            answer("done")
        }
    }

    private static func answer(_ text: String) {
        print(text)
        fflush(nil)
    }

    private static func runThreads(_ count: Int, records: Int) {
        let threads = (0..<count).map { number in
            Thread {
                for record in 0..<records { logger.info("thread \(number) record \(record)") }
                logger.error("thread \(number) error")
            }
        }
        threads.forEach { $0.join() }
    }

    private static func load(milliseconds: Int) -> String {
        let end = now() + UInt64(milliseconds) * 1_000_000
        let padding = String(repeating: "x", count: 200)
        var (number, slowest) = (0, UInt64(0))
        while true {
            let start = now()
            if start >= end { break }
            logger.info("quiet \(number) \(padding)")
            if number % 100 == 0 { logger.error("error \(number / 100)") }
            slowest = max(slowest, now() - start)
            number += 1
            if number % 500 == 0 { usleep(50_000) }
        }
        return "{\"quiet\":\(number),\"errors\":\((number + 99) / 100),\"slowest_ms\":\(slowest / 1_000_000)}"
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// A thread that runs a closure.
private struct Thread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var handle = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) {
        pthread_create(
            &handle, nil,
            {
                Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Body(run)).toOpaque())
    }

    func join() { pthread_join(handle, nil) }
}
