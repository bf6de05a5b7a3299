import ArgumentParser

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Shows log records.",
        subcommands: [
            ErrorCommand.self, InfoCommand.self, TraceCommand.self, LiveCommand.self, StatsCommand.self,
            DatabaseCommand.self, ShowCommand.self, ResolveCommand.self, ReopenCommand.self,
            MigrateCommand.self, RollbackCommand.self,
        ])
}
