import ArgumentParser

struct AlertTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert-test",
        abstract: "Sends a test message to every Telegram chat of the configuration.",
        discussion: "  hantu logd alert-test")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try common.session()
        let answer = try session.tell("/v1/alerts/test", json: common.json)
        if !common.json {
            for chat in answer["chats"]?.elements ?? [] {
                let name = chat["chat"]?.text ?? "?"
                let answer = chat["answer"]?.text ?? "?"
                if chat["delivered"]?.isTrue ?? false {
                    Report.success("\(name): \(answer)")
                } else {
                    Report.failure("\(name): \(answer)")
                }
            }
        }
        if answer["ok"]?.isTrue != true { throw ExitCode(1) }
    }
}
