import ArgumentParser

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets the daemon read its configuration again, and says what that changed.",
        discussion: """
            A configuration with faults changes nothing: they are shown, and the exit code is 1.

              hantu-logd --check-config && hantu logd reload
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try common.session()
        let answer = try session.tell("/v1/reload", json: common.json)
        guard !common.json else { return }
        let changed = (answer["changed"]?.elements ?? []).compactMap(\.text)
        let waiting = (answer["needs_restart"]?.elements ?? []).compactMap(\.text)
        if changed.isEmpty {
            Report.success("설정을 다시 읽었습니다: 바뀐 것이 없습니다")
        } else {
            Report.success("설정을 다시 읽었습니다: \(changed.joined(separator: ", "))")
        }
        if !waiting.isEmpty { Report.warning("다시 시작해야 적용됩니다: \(waiting.joined(separator: ", "))") }
    }
}
