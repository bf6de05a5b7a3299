package import LogModel
package import LogStore

/// What every `ErrorStore` must do, as checks to run against an empty store each.
///
///     @Test(arguments: ErrorStoreContract.checks)
///     func keepsTheContract(_ check: ErrorStoreContract.Check) throws { try check.run(store, clock) }
package enum ErrorStoreContract {
    package struct Check: Sendable, CustomStringConvertible {
        package let description: String
        /// Runs against a store with no rows, whose times of writing come from this clock.
        package let run: @Sendable (any ErrorStore, ManualClock) throws -> Void
    }

    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    package static let checks: [Check] = insertionChecks + textChecks + queryChecks + changeChecks

    /// Fails the check where `condition` doesn't hold.
    static func require(
        _ condition: Bool, _ message: @autoclosure () -> String, line: Int = #line
    ) throws {
        guard condition else { throw Violation(description: "\(message()) (line \(line))") }
    }

    static func same<Value: Equatable>(_ left: Value, _ right: Value, line: Int = #line) throws {
        try require(left == right, "\(left) is not \(right)", line: line)
    }

    /// The moment at which the samples begin: 2026-02-01T03:34:56Z.
    static let start: Int64 = 1_769_916_896

    /// A record with every field set, told from others by `number`; each is a second later than the one before.
    package static func sample(_ number: Int, level: Severity = .error) -> LogRecord {
        LogRecord(
            timestamp: Timestamp(seconds: start + Int64(number), nanoseconds: 123_456_000, precision: 6),
            level: level, service: "scheduler", logger: "core.trading.engine", module: "engine",
            function: "execute_order", line: 42, message: "주문 실행 실패 \(number)", traceID: "abc12345",
            errorType: "InsufficientBalance", stackTrace: "Traceback\n  line \(number)",
            context: #"{"n":\#(number)}"#,
            id: EventID(
                high: 0x0190_0000_0000_7000, low: 1 << 63 | UInt64(UInt32(truncatingIfNeeded: number))),
            fingerprint: "00000000000000ff", host: "tokyo-1", pid: 4711)
    }

    static func all(_ store: any ErrorStore) throws -> [StoredRecord] {
        try store.records(matching: StoreQuery())
    }

    static func query(_ change: (inout StoreQuery) -> Void) -> StoreQuery {
        var query = StoreQuery()
        change(&query)
        return query
    }
}
