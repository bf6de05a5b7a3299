import ArgumentParser

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Moves from an older installation to this one: a plan, unless told to apply it.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Do it. Without this nothing is changed.")
    var apply = false

    @Flag(help: "Check or make the Postgres table, and move the embedded store's records there.")
    var database = false

    func validate() throws {
        guard database else { throw ValidationError("Say what to migrate: --database.") }
    }

    func run() throws {
        try MigrateDatabase(session: try common.session(), json: common.json).run(applying: apply)
    }
}
