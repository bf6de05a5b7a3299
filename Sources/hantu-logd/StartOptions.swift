import ArgumentParser
import Glibc
import LogConfiguration

/// What the daemon can be told when it is started, and what it answers without starting.
struct StartOptions: ParsableArguments {
    @Option(help: "The configuration file. (default: \(ConfigurationLoader.defaultPath))")
    var config: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set one key, over environment and file; repeatable.", valueName: "key=value"))
    var settings: [String] = []

    @Flag(help: "Check the configuration, print everything that is wrong with it, and exit 1 if anything is.")
    var checkConfig = false

    @Flag(help: "Print the effective configuration and where each value came from, without secrets.")
    var printConfig = false

    func validate() throws {
        for setting in settings where !setting.contains("=") {
            throw ValidationError("--set '\(setting)' has no value; write --set key=value")
        }
    }

    /// The configuration; nil where it was only asked for, and the answer is given.
    ///
    /// Throws exit code 78 for a bad configuration, 1 where it was to be checked.
    func load() throws -> LoadedConfiguration? {
        let loaded: LoadedConfiguration
        do throws(ConfigurationFaults) {
            loaded = try ConfigurationLoader.system().load(path: config, overrides: settings)
        } catch {
            say("\(error)")
            throw ExitCode(checkConfig ? 1 : 78)
        }
        if checkConfig { report(loaded.notes) }
        if printConfig { print(loaded.printed(), terminator: "") }
        if checkConfig && !printConfig { print("the configuration is valid") }
        return checkConfig || printConfig ? nil : loaded
    }

    /// Says these things on stderr.
    func report(_ notes: [ConfigurationNote]) {
        for note in notes { say((note.isWarning ? "warning: " : "notice: ") + note.text) }
    }

    /// Writes a line to stderr.
    func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
