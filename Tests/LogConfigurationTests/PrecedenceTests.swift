import LogSinks
import LogStore
import Testing

@testable import LogConfiguration

struct PrecedenceTests {
    let variables = ["HANTU_LOGD_FILES_RETENTION_DAYS": "5"]

    @Test func `flag goes over environment over file over default`() throws {
        let file = "files: {retention: {days: 4}}"
        #expect(try load("").configuration.files.retention.days == 3)
        #expect(try load(file).configuration.files.retention.days == 4)
        #expect(try load(file, environment: variables).configuration.files.retention.days == 5)
        let loaded = try load(
            file, "files.retention.days=6", "files.retention.days=7", environment: variables)
        #expect(loaded.configuration.files.retention.days == 7)
        #expect(loaded.origins["files.retention.days"] == .flag("files.retention.days"))
    }

    @Test(arguments: ["[-100, \"@ops\"]", "-100,@ops", " -100 , @ops "])
    func `a list is written as YAML or with commas`(text: String) throws {
        let loaded = try load("", environment: ["HANTU_LOGD_ALERTS_TELEGRAM_CHAT_IDS": text])
        #expect(loaded.configuration.alerts.chatIDs == ["-100", "@ops"])
    }

    @Test func `a list of maps is written as YAML`() throws {
        let loaded = try load("", "intake.allow=[{uid: 0, services: [a]}]")
        #expect(loaded.configuration.intake.allow == [.init(uid: "0", services: ["a"])])
        #expect(faults("", "intake.allow=[{").count == 1)
    }

    @Test func `an empty variable is unset where empty is no value`() throws {
        #expect(
            try load("", environment: ["HANTU_LOGD_FILES_DIRECTORY": ""]).configuration == Configuration())
    }

    @Test func `a variable that names no key is a warning that names it`() throws {
        let loaded = try load("", environment: ["HANTU_LOGD_FILES_TIMEZONE": "UTC", "HANTU_LOGD_FAULT": "x"])
        #expect(
            loaded.notes == [
                .warning(
                    "environment variable HANTU_LOGD_FILES_TIMEZONE names no key and is ignored "
                        + "(did you mean HANTU_LOGD_FILES_TIME_ZONE?)")
            ])
    }

    @Test func `every key has a variable of its own`() {
        let names = Set(ConfigurationSchema.keys.map(\.variable))
        #expect(names.count == ConfigurationSchema.keys.count)
        #expect(names.contains("HANTU_LOGD_FILES_TIME_ZONE"))
    }
}

struct SecretTests {
    let services = [
        "TELEGRAM_BOT_TOKEN": "1:env", "TELEGRAM_CHAT_ID": "-1, -2",
        "DATABASE_URL": "postgresql+psycopg2://h/d",
    ]

    @Test func `the services' own variables are used where nothing else is said`() throws {
        let loaded = try load("", environment: services)
        #expect(loaded.configuration.alerts.token == "1:env")
        #expect(loaded.configuration.alerts.chatIDs == ["-1", "-2"])
        #expect(loaded.configuration.store.url == "postgresql+psycopg2://h/d")
        #expect(loaded.origins["store.url"] == .variable("DATABASE_URL"))
    }

    @Test func `file and flag go over them`() throws {
        let loaded = try load(
            "alerts: {telegram: {token: '1:file', chat_ids: []}}", "store.url=", environment: services)
        #expect(loaded.configuration.alerts.token == "1:file")
        #expect(loaded.configuration.alerts.chatIDs == [])
        #expect(loaded.configuration.store.url == "")
    }

    @Test func `a credential goes over the variables, a token file over the credential`() throws {
        let environment = services.merging(["CREDENTIALS_DIRECTORY": "/creds"]) { $1 }
        var files = ["/creds/telegram-token": "1:cred\n", "/creds/database-url": "postgres://cred/d\n"]
        let credential = try loader(files, environment: environment).load()
        #expect(credential.configuration.alerts.token == "1:cred")
        #expect(credential.configuration.store.url == "postgres://cred/d")
        files["/token"] = "  1:file\n"
        let file = try loader(files, environment: environment).load(
            overrides: ["alerts.telegram.token_file=/token"])
        #expect(file.configuration.alerts.token == "1:file")
        #expect(file.origins["alerts.telegram.token"] == .secretFile("/token"))
        let token = try loader(files, environment: environment).load(
            overrides: ["alerts.telegram.token_file=/token", "alerts.telegram.token=1:flag"])
        #expect(token.configuration.alerts.token == "1:flag")
    }

    @Test(arguments: ["/none", "/x.forbidden", "/empty"])
    func `a token file that gives nothing is the daemon's fault, and an operator's warning`(path: String)
        throws
    {
        let setting = "alerts.telegram.token_file=\(path)"
        let files = ["/empty": " \n"]
        #expect(throws: ConfigurationFaults.self) { try loader(files).load(overrides: [setting]) }
        let loaded = try loader(files, requiresSecrets: false).load(overrides: [setting])
        #expect(loaded.notes.contains { $0.isWarning && $0.text.contains(path) })
    }

    @Test func `a DATABASE_URL of another database is ignored with a warning`() throws {
        let loaded = try load("", environment: ["DATABASE_URL": "sqlite:///secret.db"])
        #expect(loaded.configuration.store.url == "")
        #expect(loaded.notes.count == 1)
        #expect(loaded.notes[0].text.contains("sqlite://"))
        #expect(!loaded.notes[0].text.contains("secret"))
    }
}

struct CrossCheckTests {
    @Test func `half of what Telegram needs is a warning`() throws {
        #expect(try load("", "alerts.telegram.chat_ids=-1").notes.count == 1)
        #expect(try load("alerts: {telegram: {token: '1:a'}}").notes.count == 1)
        #expect(try load("alerts: {telegram: {token: '1:a', chat_ids: [-1]}}").notes.isEmpty)
    }

    @Test func `a token on the command line is a warning`() throws {
        #expect(try load("", "alerts.telegram.token=1:a", "alerts.telegram.chat_ids=-1").notes.count == 1)
    }

    @Test func `an address that others reach needs leave and a token`() throws {
        #expect(try load("", "admin.http=127.0.0.1:1").notes.isEmpty)
        #expect(faults("admin: {http: '0.0.0.0:1'}").first?.contains(":1:9: admin.http: ") == true)
        #expect(faults("", "admin.http=0.0.0.0:1", "admin.allow_remote=true").count == 1)
        #expect(faults("", "admin.http=0.0.0.0:1", "admin.allow_remote=true", "admin.token_file=/t").isEmpty)
    }

    @Test func `a batch is no larger than its maximum`() {
        #expect(faults("store: {batch: {records: 2000}}").count == 1)
    }

    @Test func `the two sockets and the two directories differ`() {
        #expect(faults("admin: {socket: /run/hantu-logd/log.sock}").count == 1)
        #expect(faults("spool: {directory: /var/log/hantu}").count == 1)
    }
}
