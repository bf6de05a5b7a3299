import ArgumentParser
import LogModel

/// The operator's command line (contract section 10).
///
/// Help is in English; what a command says of records and of its own work is in Korean, on stderr, behind a
/// mark: ✅ success, ❌ error, ⭕ warning, ℹ️ information.
@main
struct Hantu: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hantu",
        abstract: "Looks at what hantu-logd wrote, and operates it.",
        version: "hantu \(LogModel.version)",
        subcommands: [LogsCommand.self, LogdCommand.self])
}
