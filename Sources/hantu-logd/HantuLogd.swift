import ArgumentParser
import LogConfiguration
import LogDaemon
import LogModel

/// The daemon's command line (contract section 10).
@main
struct HantuLogd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hantu-logd",
        abstract: "Takes log records from a Unix socket and brings them where they belong.",
        version: "hantu-logd \(LogModel.version)")

    @OptionGroup var options: StartOptions

    static func main() async {
        // Here and wherever much has been touched that isn't needed again, so that it doesn't add up.
        ProcessMemory.forgetTheStart()
        await main(nil)
    }

    func run() async throws {
        ProcessMemory.forgetTheStart()
        guard let loaded = try options.load() else { return }
        options.report(loaded.notes)
        let options = options
        let daemon = Daemon(loaded.configuration) {
            try ConfigurationLoader.system().load(path: options.config, overrides: options.settings)
                .configuration
        }
        do {
            try await daemon.run()
        } catch let error as StartError {
            options.say("hantu-logd: \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}
