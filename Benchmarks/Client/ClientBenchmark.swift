import Glibc
import HantuLog
import Logging

/// What a call of the Swift client costs above swift-log's own no-op handler.
///
///     client-benchmark hantu|noop|built [CALLS]
///
/// Prints nanoseconds a call by the clock; Benchmarks/client counts instructions, which no neighbour disturbs.
/// swift-log doesn't even build a record for its no-op handler; `built` is one that gets its records and drops them.
@main
struct ClientBenchmark {
    static func main() {
        let arguments = CommandLine.arguments
        let calls = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100_000
        var logger: Logger
        switch arguments.dropFirst().first {
        case "noop": logger = Logger(label: "core.orders.router") { _ in SwiftLogNoOpLogHandler() }
        case "built": logger = Logger(label: "core.orders.router") { _ in DroppingHandler() }
        default:
            let socket = getenv("HANTU_LOG_SOCKET").map { String(cString: $0) } ?? HantuLog.defaultSocket
            let handler = HantuLogHandler(label: "core.orders.router", service: "bench", socket: socket)
            logger = Logger(label: "core.orders.router") { _ in handler }
        }
        logger.logLevel = .info
        let start = nanoseconds()
        withTraceID {
            for order in 0..<calls { logger.info("주문 체결 성공: 삼성전자 @ 75300원 (주문 \(order))") }
        }
        print("\(Double(nanoseconds() - start) / Double(calls)) ns a call")
        // What the thread still has to send isn't the call's.
        fflush(nil)
        _exit(0)
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

private struct DroppingHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {}
}
