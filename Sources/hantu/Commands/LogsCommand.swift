import ArgumentParser

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Shows log records.",
        subcommands: [
            ErrorCommand.self, InfoCommand.self, DatabaseCommand.self, ShowCommand.self, MigrateCommand.self,
        ])
}
