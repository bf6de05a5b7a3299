import ArgumentParser

struct LogdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logd",
        abstract: "Operates the running daemon, over its admin socket.",
        discussion: """
            The admin socket is for root and for the daemon's own user and group.

              hantu logd status
              hantu logd flush
              hantu logd parked --replay
            """,
        subcommands: [
            StatusCommand.self, FlushCommand.self, ReloadCommand.self, ParkedCommand.self,
            AlertTestCommand.self, DoctorCommand.self,
        ])
}
