import LogModel
import Testing

@testable import LogSinks

@Suite struct `An entry for journald` {
    let record = LogRecord(
        timestamp: Timestamp(seconds: 0), level: .error, service: "scheduler", logger: "core.engine",
        module: "trading_engine", function: "execute_order", line: 42, message: "주문 실행 실패: \"잔고\" \\ 부족",
        traceID: "abc12345", errorType: "InsufficientBalance",
        stackTrace: "Traceback:\n  line 1\n\u{1B}[31mline 2",
        id: EventID("0190f1c0-0000-7000-8000-000000000001".utf8),
        pid: 4711)

    @Test func `has a field for everything that journalctl can look for`() {
        let fields = JournalEntry(record).fields.map { "\($0.name.rawValue)=\($0.value)" }
        #expect(
            fields == [
                "MESSAGE=주문 실행 실패: \"잔고\" \\ 부족", "PRIORITY=3", "SYSLOG_IDENTIFIER=hantu-scheduler",
                "CODE_FILE=trading_engine", "CODE_FUNC=execute_order", "CODE_LINE=42", "LOGGER=core.engine",
                "TRACE_ID=abc12345", "ERROR_TYPE=InsufficientBalance",
                "STACK_TRACE=Traceback:\n  line 1\n\u{1B}[31mline 2",
                "EVENT_ID=0190f1c0-0000-7000-8000-000000000001", "OBJECT_PID=4711",
            ])
    }

    @Test func `leaves out what the record doesn't have`() {
        let entry = JournalEntry(LogRecord(timestamp: Timestamp(seconds: 0), service: "api"))
        #expect(entry.fields.map(\.name) == [.message, .priority, .identifier])
    }

    @Test(arguments: zip(Severity.allCases, [7, 6, 4, 3, 2]))
    func `has syslog's priorities`(severity: Severity, priority: Int) {
        #expect(severity.journalPriority == priority)
    }

    @Test func `is one line on stderr that nobody can forge`() {
        #expect(
            JournalEntry(record).standardErrorLine == """
                <3>hantu-scheduler: 주문 실행 실패: "잔고" \\ 부족 (CODE_FILE="trading_engine" CODE_FUNC="execute_order" \
                CODE_LINE="42" LOGGER="core.engine" TRACE_ID="abc12345" ERROR_TYPE="InsufficientBalance" \
                STACK_TRACE="Traceback:\\n  line 1\\n\\u001b[31mline 2" \
                EVENT_ID="0190f1c0-0000-7000-8000-000000000001" OBJECT_PID="4711")

                """)
        var forged = LogRecord(timestamp: Timestamp(seconds: 0), level: .info, service: "x\n<0>y")
        forged.message = "a\u{2028}b\r\n<2>c"
        #expect(JournalEntry(forged).standardErrorLine == "<6>hantu-x\\n<0>y: a\\u2028b\\r\\n<2>c\n")
    }
}
