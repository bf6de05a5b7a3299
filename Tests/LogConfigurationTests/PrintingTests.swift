import LogSinks
import LogStore
import Testing

@testable import LogConfiguration

struct PrintingTests {
    @Test func `what is printed means the same when it is read again`() throws {
        let loaded = try load(
            """
            intake: {socket_mode: "0600", allow: [{uid: "yes", services: ["a b", '주문: "x"', "-"]}]}
            files: {time_zone: Asia/Seoul, directory: "/var/로그 #1"}
            store: {batch: {interval: 1500ms}, retention: 30d}
            alerts: {telegram: {chat_ids: [-100, "@ops", "null"]}}
            masking: {patterns: ['\\d+"', "a\\tb"]}
            journal: {enabled: true}
            """)
        let again = try load(loaded.printed())
        #expect(again.configuration == loaded.configuration)
    }

    @Test func `every key is printed with where its value came from`() throws {
        let printed = try load("files: {emoji: false}", "store.enabled=false").printed()
        let lines = printed.split(separator: "\n").map { $0.split(separator: "#").map { $0.trimmed } }
        #expect(lines.contains(["emoji: false", "\(configurationPath):1:9"]))
        #expect(lines.contains(["enabled: false", "--set store.enabled"]))
        #expect(lines.contains(["days: 3", "default"]))
        #expect(
            printed.split(separator: "\n").filter { $0.contains("# ") }.count
                == ConfigurationSchema.keys.count)
    }

    @Test func `no secret is printed`() throws {
        let loaded = try load(
            "", environment: ["TELEGRAM_BOT_TOKEN": "1:s3cr3t", "DATABASE_URL": "postgres://u:s3cr3t@h/d"])
        #expect(!loaded.printed().contains("s3cr3t"))
        #expect(loaded.printed().contains("url: \"postgres://u:***@h/d\""))
        #expect(loaded.printed().contains("token: \"***\""))
        #expect(faults(loaded.printed()).isEmpty)
    }

    @Test func `changes say what counts at once and what needs a restart`() {
        var new = Configuration()
        new.files.emoji = false
        new.alerts.token = "1:a"
        new.store.url = "postgres://h/d"
        let changes = ConfigurationChanges(from: Configuration(), to: new)
        #expect(changes.live == ["files.emoji", "alerts.telegram.token"])
        #expect(changes.needingRestart == ["store.url"])
        #expect(ConfigurationChanges(from: new, to: new).isEmpty)
    }
}
