import ArgumentParser
import LogStore

struct ReopenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Marks records of the error store as unresolved again, and forgets their notes.",
        discussion: """
            With --json: {changed, unchanged, missing}.

              hantu logs reopen 17
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var rows: RowArguments

    func run() throws {
        let session = try common.session()
        try rows.change(session, json: common.json, done: "미해결로 되돌렸습니다", already: "이미 미해결입니다") {
            store, numbers throws(StoreError) in
            try store.reopen(numbers)
        }
    }
}
