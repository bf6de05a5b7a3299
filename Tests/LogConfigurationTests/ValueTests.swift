import LogModel
import LogPipeline
import LogSinks
import LogSpool
import LogStore
import Testing

@testable import LogConfiguration

struct ValueTests {
    @Test func `every section is read`() throws {
        let configuration = try load(
            """
            intake: {socket: /tmp/a.sock, socket_mode: "0600", socket_group: adm, max_line_bytes: 64KiB,
                     max_connections: 8, allow: [{uid: ubuntu, services: [a, b]}, {uid: 1000, services: []}]}
            files: {directory: /tmp/logs/, time_zone: Asia/Seoul, minimum_level: info, errors_minimum_level: Warning,
                    emoji: no, retention: {days: 7, compress: zstd, maximum_bytes: 1GiB}}
            spool: {directory: /tmp/spool, maximum_bytes: 16MiB, reserve_bytes: 0}
            store: {enabled: false, batch: {records: 1, interval: 0s, maximum_records: 5}, retry: {delay: 500ms,
                    attempts: 1}, retention: 180d, minimum_level: CRITICAL}
            alerts: {cooldown: 1h30m, minimum_level: WARNING, telegram: {token: "1:a", chat_ids: [-1001234, "@ops"],
                     api_url: "http://127.0.0.1:8081/"}}
            journal: {enabled: false, minimum_level: DEBUG}
            masking: {fields: [x], patterns: ['a+'], exempt: [token]}
            admin: {socket: /tmp/b.sock, http: "[::1]:9514", token_file: /t, allow_remote: true}
            """
        ).configuration
        var expected = Configuration()
        expected.intake.socket = "/tmp/a.sock"
        expected.intake.socketMode = 0o600
        expected.intake.socketGroup = "adm"
        expected.intake.maximumLineBytes = 65536
        expected.intake.maximumConnections = 8
        expected.intake.allow = [
            .init(uid: "ubuntu", services: ["a", "b"]), .init(uid: "1000", services: []),
        ]
        expected.files.directory = "/tmp/logs"
        expected.files.timeZone = "Asia/Seoul"
        expected.files.minimumLevel = .info
        expected.files.errorsMinimumLevel = .warning
        expected.files.emoji = false
        expected.files.retention.days = 7
        expected.files.retention.compress = .zstd
        expected.files.retention.maximumBytes = 1 << 30
        expected.spool.directory = "/tmp/spool"
        expected.spool.maximumBytes = 16 << 20
        expected.spool.reserveBytes = 0
        expected.store.enabled = false
        expected.store.batchRecords = 1
        expected.store.batchInterval = .zero
        expected.store.batchMaximumRecords = 5
        expected.store.retryDelay = .milliseconds(500)
        expected.store.retryAttempts = 1
        expected.store.retention = .seconds(180 * 86400)
        expected.store.minimumLevel = .critical
        expected.alerts.cooldown = .seconds(5400)
        expected.alerts.minimumLevel = .warning
        expected.alerts.token = "1:a"
        expected.alerts.chatIDs = ["-1001234", "@ops"]
        expected.alerts.apiURL = "http://127.0.0.1:8081"
        expected.journal.enabled = .off
        expected.journal.minimumLevel = .debug
        expected.masking.fields = ["x"]
        expected.masking.patterns = ["a+"]
        expected.masking.exempt = ["token"]
        expected.admin.socket = "/tmp/b.sock"
        expected.admin.http = "[::1]:9514"
        expected.admin.tokenFile = "/t"
        expected.admin.allowRemote = true
        #expect(configuration == expected)
    }

    @Test(arguments: [
        ("0", 0), ("0s", 0), ("500ms", 500), ("5s", 5000), ("5m", 300_000), ("2h", 7_200_000),
        ("1h30m", 5_400_000),
        ("7d", 604_800_000), ("1W", 604_800_000),
    ])
    func `durations are read`(text: String, milliseconds: Int) {
        #expect(parseDuration(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "5", "s", "5x", "-5s", "5 s", "5s5", "1.5h", "99999999999999999999s", "9223372036854775807d",
    ])
    func `other text is no duration`(text: String) { #expect(parseDuration(text) == nil) }

    @Test func `durations are printed in their largest whole unit`() {
        #expect(durationText(.zero) == "0s")
        #expect(durationText(.milliseconds(1500)) == "1500ms")
        #expect(durationText(.seconds(90)) == "90s")
        #expect(durationText(.seconds(86400 * 14)) == "14d")
    }

    @Test(arguments: [
        ("files.retention.maximum_bytes=1_000", 1000), ("files.retention.maximum_bytes=2K", 2048),
        ("files.retention.maximum_bytes=2kb", 2000), ("files.retention.maximum_bytes=3 MiB", 3 << 20),
        ("files.retention.maximum_bytes=1TiB", 1 << 40), ("files.retention.maximum_bytes=12B", 12),
    ])
    func `byte sizes are read`(setting: String, bytes: Int) throws {
        #expect(try load("", setting).configuration.files.retention.maximumBytes == bytes)
    }

    @Test(arguments: ["1.5G", "G", "-1", "1 2", "1PiB", "99999999TiB", "0x10", "010", ""])
    func `other text is no byte size`(text: String) {
        #expect(faults("", "files.retention.maximum_bytes=\(text)").count == 1)
    }

    @Test(arguments: ["\"0660\"", "0660", "660", "\"660\"", "0o660"])
    func `a file mode is octal however it is spelled`(text: String) throws {
        #expect(try load("intake: {socket_mode: \(text)}").configuration.intake.socketMode == 0o660)
    }

    @Test(arguments: ["432", "0888", "4755", "rw", "0", "-660", "[0660]"])
    func `other text is no file mode`(text: String) {
        #expect(faults("intake: {socket_mode: \(text)}").count == 1)
    }

    @Test(arguments: [
        "files: {emoji: \"true\"}", "files: {retention: {days: \"3\"}}", "files: {retention: {days: 3.0}}",
        "files: {retention: {days: [3]}}", "files: {retention: {days: {}}}", "files: {minimum_level: loud}",
        "files: {directory: logs}", "files: {directory: ''}", "files: {retention: {compress: lzma}}",
        "files: {time_zone: Mars/Olympus}", "files: {time_zone: ../passwd}",
        "files: {time_zone: /etc/localtime}",
        "alerts: {telegram: {chat_ids: -1001}}", "alerts: {telegram: {api_url: api.telegram.org}}",
        "admin: {http: 9514}", "admin: {http: '::1:9514'}", "admin: {http: '127.0.0.1:70000'}",
        "admin: {http: 'example.com:80'}", "intake: {allow: [{uid: a}]}",
        "intake: {allow: [{services: [a]}]}",
        "intake: {allow: [ubuntu]}", "intake: {allow: [{uid: a, services: [b], x: 1}]}",
        "masking: {patterns: ['(a']}", "store: {url: 'sqlite:///x'}", "store: {batch: {records: 0}}",
        "intake: {max_line_bytes: 10}", "journal: {enabled: maybe}", "journal: {enabled: 1}",
    ])
    func `what is not allowed is one fault`(yaml: String) { #expect(faults(yaml).count == 1) }

    @Test func `every bad element of a list is a fault of its own, where it stands`() {
        let found = faults("masking:\n  patterns:\n    - '(a'\n    - fine\n    - '(b'\n")
        #expect(
            found.map { $0.prefix(while: { $0 != " " }) } == [
                "\(configurationPath):3:7:", "\(configurationPath):5:7:",
            ])
        #expect(found[0].contains("missing closing parenthesis"))
    }

    @Test func `an unknown time zone asks for tzdata`() {
        #expect(faults("files: {time_zone: Asia/Busan}").first?.contains("is tzdata installed?") == true)
    }

    @Test(arguments: [
        "postgres://h/d", "postgresql://u:p@h:5432/d?sslmode=require", "postgresql+asyncpg://h/d", "",
    ])
    func `Postgres URLs are taken`(url: String) throws {
        #expect(try load("", "store.url=\(url)").configuration.store.url == url)
    }

    @Test func `a URL is shown without its passwords`() {
        #expect(
            maskedURL("postgres://u:p@ss@h/d?password=x&sslmode=on")
                == "postgres://u:***@h/d?password=***&sslmode=on")
        #expect(maskedURL("https://h/a@b") == "https://h/a@b")
        #expect(maskedURL("no url") == nil)
    }
}
