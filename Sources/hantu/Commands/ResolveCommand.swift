import ArgumentParser
import LogStore

struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Marks records of the error store as resolved.",
        discussion: """
            Those that are resolved already keep their time and note. With --json: {changed, unchanged, missing}.

              hantu logs resolve 17 18
              hantu logs resolve 019c0f3a --note "재시도로 해결"
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var rows: RowArguments

    @Option(help: "What to remember about it.")
    var note: String?

    func run() throws {
        let session = try common.session()
        try rows.change(session, json: common.json, done: "해결로 표시했습니다", already: "이미 해결되어 있습니다") {
            store, numbers throws(StoreError) in
            try store.resolve(numbers, note: note)
        }
    }
}
