import ArgumentParser
import Glibc
import LogConfiguration
import LogModel
import LogSinks

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The daemon's configuration file. (default: \(ConfigurationLoader.defaultPath))")
    var config: String?

    @Flag(help: "Print JSON: one object a line for lists, one object for the rest.")
    var json = false

    /// Reads the configuration; exits 1 with every fault where it can't be used.
    func session() throws -> Session {
        let environment = processEnvironment()
        let loaded: LoadedConfiguration
        do throws(ConfigurationFaults) {
            loaded = try ConfigurationLoader.system(requiresSecrets: false).load(path: config)
        } catch {
            for fault in error.faults { Report.failure("설정 오류: \(fault)") }
            throw ExitCode(1)
        }
        let configuration = loaded.configuration
        let zone: ZoneRules
        do throws(ZoneUnavailable) {
            zone = try ZoneLoader(environment: environment).load(configuration.files.timeZone)
        } catch {
            Report.failure("시간대를 읽을 수 없습니다: \(error)")
            throw ExitCode(1)
        }
        return Session(
            configuration: configuration, zone: zone, now: CommandClock().now(),
            style: Style(environment: environment, isTerminal: isatty(STDOUT_FILENO) == 1))
    }
}

/// What commands take whose output may be long.
struct PagingOptions: ParsableArguments {
    @Flag(
        name: .customLong("no-pager"),
        help: "Don't show long output on a terminal through $HANTU_PAGER, $PAGER or less.")
    var isOff = false
}

extension Session {
    /// From here on what is printed goes through a pager, where there is a terminal and somebody to read.
    func page(_ options: PagingOptions, _ common: CommonOptions) {
        guard !options.isOff, !common.json else { return }
        Pager.start(environment: processEnvironment())
    }
}

/// What a command works with: the daemon's settings, the time, and how its output looks.
struct Session {
    let configuration: Configuration
    let zone: ZoneRules
    let now: Timestamp
    let style: Style
}
