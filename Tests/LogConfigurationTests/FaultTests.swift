import LogPipeline
import Testing

@testable import LogConfiguration

struct FaultTests {
    @Test func `every fault of a file is reported at once, with line and column`() {
        let found = faults(
            """
            files:
              retention:
                days: three
              time_zon: Asia/Seoul
            store:
              batch: 7
              retry: {delay: soon}
            spool: [1]
            alert:
              cooldown: 5m
            """)
        #expect(
            found == [
                "\(configurationPath):3:11: files.retention.days: found \"three\", "
                    + "allowed: an integer from 1 to 36500",
                "\(configurationPath):4:3: unknown key 'files.time_zon' (did you mean 'time_zone'?), allowed: "
                    + "directory, time_zone, minimum_level, errors_minimum_level, emoji, retention",
                "\(configurationPath):6:10: store.batch: found \"7\", "
                    + "allowed: a map with the keys records, interval, maximum_records",
                "\(configurationPath):7:18: store.retry.delay: found \"soon\", "
                    + "allowed: a duration from 10ms to 1d, such as 500ms, 30s, 5m, 2h or 7d",
                "\(configurationPath):8:8: spool: found a list of 1, "
                    + "allowed: a map with the keys directory, maximum_bytes, reserve_bytes",
                "\(configurationPath):9:1: unknown key 'alert' (did you mean 'alerts'?), allowed: "
                    + "intake, files, spool, store, alerts, journal, masking, admin",
            ])
    }

    @Test func `a key that is like none gets no suggestion`() {
        #expect(faults("quux: 1\n").first?.contains("did you mean") == false)
    }

    @Test func `a top level that is no map is a fault`() {
        #expect(faults("- files\n").first?.contains(":1:1: found a list of 1 at the top level") == true)
        #expect(faults("files\n").first?.contains("found \"files\" at the top level") == true)
    }

    @Test func `broken YAML is a fault with its line`() {
        let found = faults("files:\n  directory: \"/var\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(configurationPath):3:1: no YAML: ") == true)
        #expect(
            faults("files:\n\tdirectory: /x\n").first?.hasPrefix("\(configurationPath):2:1: no YAML: ")
                == true)
        #expect(faults("a: 1\n---\nb: 2\n").first?.hasPrefix("\(configurationPath):2:1: no YAML: ") == true)
        #expect(faults("files: *nowhere\n").first?.hasPrefix("\(configurationPath):1:8: no YAML: ") == true)
        #expect(
            faults("files:\n  directory: /x\u{1}\n").first?.hasPrefix("\(configurationPath):2:1: no YAML: ")
                == true)
    }

    @Test func `a repeated key is a fault that hides no other`() {
        let found = faults(
            """
            files:
              retention: {days: 1, "days": 2, days: 3}
              emoji: perhaps
            files: {}
            """)
        #expect(found.count == 4, "\(found)")
        #expect(found.filter { $0.contains("key 'days' is given more than once") }.count == 2)
        #expect(found.filter { $0.contains(":1:1: key 'files' is given more than once") }.count == 1)
    }

    @Test func `bytes that are not UTF-8 are a fault with their line`() {
        var reader = YAMLReader(path: "f.yaml")
        let value = reader.read(Array("files:\n  directory: /".utf8) + [0xff, 0x0a])
        #expect(value == nil)
        #expect(reader.faults.map(\.description) == ["f.yaml:2:1: not UTF-8"])
    }

    @Test func `nesting without end is a fault, not a crash`() {
        let deep = "files: " + String(repeating: "[", count: 200_000)
        #expect(faults(deep).count == 1)
        #expect(
            !faults("files: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900))
                .isEmpty)
    }

    @Test func `an alias stands for what it names`() throws {
        let loaded = try load("masking:\n  fields: &names [a, b]\n  exempt: *names\n")
        #expect(loaded.configuration.masking.exempt == ["a", "b"])
    }

    /// 3 to the power of `levels` values, or keys.
    private func bomb(levels: Int, in place: String) -> String {
        let lists = (1..<levels).map { "  - &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]" }
        return (["masking:", "  fields:", "  - &a0 [x, x, x]"] + lists).joined(separator: "\n")
            + "\n" + place.replacing("ALIAS", with: "*a\(levels - 1)") + "\n"
    }

    @Test(arguments: ["  - ALIAS", "  - { ? ALIAS : x }", "  - { ? [ALIAS, y] : x }"])
    func `aliases of aliases are refused before anything is made of them`(place: String) {
        // 3^40: whoever expands these doesn't come to an end.
        #expect(
            faults(bomb(levels: 40, in: place)) == ["\(configurationPath):9:1: more than 16 aliases (*name)"])
    }

    @Test func `as many aliases as are allowed make a bounded number of values`() throws {
        func count(_ value: WrittenValue) -> Int {
            switch value.content {
            case .list(let values): values.reduce(1) { $0 + count($1) }
            case .map(let entries): entries.reduce(1) { $0 + count($1.value) }
            default: 1
            }
        }
        var reader = YAMLReader(path: "f.yaml")
        let text = bomb(levels: 6, in: "  - ALIAS")
        #expect(text.count { $0 == "*" } == YAMLReader.mostAliases)
        let value = reader.read(Array(text.utf8))
        #expect(count(try #require(value)) < 3000)
    }

    @Test func `a flag or variable at fault is named`() {
        let found = faults(
            "", "files.retention.days=0", "files.tz=UTC", "file.time_zone=UTC", "journal=x",
            environment: ["HANTU_LOGD_STORE_RETENTION": "never"])
        #expect(
            found == [
                "environment variable HANTU_LOGD_STORE_RETENTION: store.retention: found \"never\", allowed: "
                    + "a duration from 1s to 36500d, such as 500ms, 30s, 5m, 2h or 7d, or unlimited",
                "--set files.retention.days: found \"0\", allowed: an integer from 1 to 36500",
                "--set files.tz: unknown key 'files.tz', allowed: "
                    + "directory, time_zone, minimum_level, errors_minimum_level, emoji, retention",
                "--set file.time_zone: unknown key 'file.time_zone' (did you mean 'files.time_zone'?), allowed: "
                    + "intake, files, spool, store, alerts, journal, masking, admin",
                "--set journal: unknown key 'journal', allowed: journal.enabled, journal.minimum_level",
            ])
    }

    @Test func `a fault never shows a secret`() {
        let found = faults(
            """
            store: {url: "mysql://hantu:s3cr3t@db/hantu"}
            alerts: {telegram: {token: "123:s3cr3t token", api_url: "ftp://u:s3cr3t@x"}}
            """)
        #expect(found.count == 3)
        #expect(!found.joined().contains("s3cr3t"))
        #expect(found[0].contains("mysql://hantu:***@db/hantu"))
        #expect(!faults("store: {url: 'host=db password=s3cr3t'}").joined().contains("s3cr3t"))
    }

    @Test func `text in a fault can't forge a line`() {
        let found = faults("files: {directory: \"a\\nb\\e[31m\"}")
        #expect(found.first?.contains(#"found "a\nb\u001b[31m""#) == true)
    }
}
