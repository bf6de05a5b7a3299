import Foundation
import LogTesting
import Testing

/// With a real journald, which `Tools/journald-sandbox` starts in namespaces of its own.
@Suite(.serialized) struct `Beside a real journald` {
    struct Result {
        var status: Int32
        var output: String
    }

    /// Runs a shell script in the sandbox; nil, and a line that says so, on a host that can't make one.
    func sandboxed(_ script: String) throws -> Result? {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appendingPathComponent("Tools/journald-sandbox")
        process.arguments = ["--", "bash", "-euc", script]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PROBE": built.appendingPathComponent("JournalProbe").path], uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus != 125 else {
            print("SKIPPED: this host can't run a journald of its own (Tools/journald-sandbox says why)")
            return nil
        }
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }

    @Test func `every field can be read back with journalctl`() throws {
        let line = #"""
            {"timestamp":"2026-02-01T12:34:58.123456+09:00","trace_id":"abc12345","level":"ERROR","service":"scheduler","module":"trading_engine","function":"execute_order","message":"주문 실행 실패: 잔고 부족","error_type":"InsufficientBalance","stack_trace":"Traceback (most recent call last):\n  File \"a.py\", line 1\nInsufficientBalance: 부족","context":null,"logger":"core.trading.engine","line":42,"id":"0190f1c0-0000-7000-8000-000000000001","pid":1}
            """#
        let result = try sandboxed(
            """
            test "$($PROBE send <<'LINE'
            \(line)
            LINE
            )" = sent
            journalctl --sync
            journalctl -t hantu-scheduler -o json
            """)
        guard let result else { return }
        #expect(result.status == 0)
        let entry = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let expected = [
            "MESSAGE": "주문 실행 실패: 잔고 부족", "PRIORITY": "3", "SYSLOG_IDENTIFIER": "hantu-scheduler",
            "CODE_FILE": "trading_engine", "CODE_FUNC": "execute_order", "CODE_LINE": "42",
            "LOGGER": "core.trading.engine", "TRACE_ID": "abc12345", "ERROR_TYPE": "InsufficientBalance",
            "EVENT_ID": "0190f1c0-0000-7000-8000-000000000001", "OBJECT_PID": "1",
            "STACK_TRACE":
                "Traceback (most recent call last):\n  File \"a.py\", line 1\nInsufficientBalance: 부족",
        ]
        for (name, value) in expected { #expect(entry[name] as? String == value, "\(name)") }
    }

    @Test func `submitting goes on while journald is stopped, and the end comes in time`() throws {
        let result = try sandboxed(
            """
            journald=$(pidof systemd-journald)
            kill -STOP $journald
            $PROBE flood 50000
            kill -CONT $journald
            """)
        guard let result else { return }
        #expect(result.status == 0)
        let told = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(told["ended"] as? Bool == false)
        let milliseconds = try #require(told["milliseconds"] as? Double)
        #expect(milliseconds < 5000, "it would hang for ever else")
        // Some hundred are in the socket's queue, a megabyte waits; the last that waited count as dropped too.
        #expect(try #require(told["dropped"] as? Int) > 40_000)
    }
}
