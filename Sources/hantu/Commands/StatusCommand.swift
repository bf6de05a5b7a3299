import ArgumentParser

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the daemon stands.",
        discussion: """
            With --json, the object of /v1/status (docs/admin.md).

              hantu logd status
              hantu logd status --json | jq .state
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try common.session()
        let (status, body, bytes) = try session.ask("GET", "/v1/status")
        guard status == 200 else {
            Report.failure(body["error"]?.text ?? "HTTP \(status)")
            throw ExitCode(1)
        }
        if common.json { return session.show(bytes) }
        let output = Output()
        output.append { StatusView(body).append(to: &$0, style: session.style) }
        output.flush()
    }
}
