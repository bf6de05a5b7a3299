import ArgumentParser
import LogConfiguration
import LogModel
import LogSinks

/// Whether a list of lines goes on as new ones are written.
struct ListingOptions: ParsableArguments {
    @Flag(
        name: [.customLong("tail"), .customShort("f")], help: "Go on with new records as they are written.")
    var tail = false

    /// Prints the last lines that the view takes, then follows where asked to; through a pager where `page` says so.
    func show(
        _ kind: DailyFileKind, _ query: RecordQuery, _ view: any LineView, _ session: Session,
        page: () -> Void
    ) throws {
        let output = Output()
        let log = DailyLog(directory: session.configuration.files.directory, kind: kind, zone: session.zone)
        if tail {
            Output.endQuietlyOnInterrupt()
            var follower = LogFollower(log: log, query: query, now: session.now)
            let problems = log.printLast(query, view, output, upTo: follower.positions)
            output.flush()
            problems.report()
            while true {
                follower.poll(at: CommandClock().now(), view, output)
                output.flush()
                Output.pause(milliseconds: 200)
            }
        }
        let problems = log.printLast(query, view, output, begins: page)
        output.flush()
        problems.report()
        if output.isEmpty && problems.unreadable.isEmpty {
            Report.information("조건에 맞는 기록이 없습니다 (\(log.path))")
        }
        if output.isEmpty || !problems.unreadable.isEmpty { throw ExitCode(1) }
    }
}
