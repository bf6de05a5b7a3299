import ArgumentParser
import Glibc
import LogConfiguration
import LogModel
import LogSinks
import LogStore

extension StoreGrouping: ExpressibleByArgument {}

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts the errors, in groups.",
        discussion: """
            From the error store, or, where there is none, from the error files (which don't know what was
            resolved). With --json: {since, total, groups: [{key, count, first_seen, last_seen, unresolved}]}.

              hantu logs stats
              hantu logs stats --since 24h --by hour
              hantu logs stats --by fingerprint --json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var paging: PagingOptions

    @Option(help: "Only what is no older than this, such as 30m, 2h or 7d.", transform: parseAge)
    var since: Duration = .seconds(7 * 86400)

    @Option(help: "What makes a group: service, type, level, hour or fingerprint.")
    var by = StoreGrouping.service

    func run() throws {
        let session = try common.session()
        let start = session.now.earlier(by: since)
        let statistics = try session.statistics(since: start, by: by)
        session.page(paging, common)
        let output = Output()
        output.append { out in
            if common.json {
                statistics.appendJSON(zone: session.zone, to: &out)
            } else if statistics.total > 0 {
                StatisticsView(statistics, zone: session.zone, columns: StatisticsView.terminalColumns())
                    .append(to: &out, style: session.style)
            }
        }
        output.flush()
        guard statistics.total == 0 else { return }
        Report.information("그동안 기록된 에러가 없습니다")
        throw ExitCode(1)
    }
}

extension Session {
    /// The statistics from the error store where there is one, else from the error files.
    func statistics(since: Timestamp, by grouping: StoreGrouping) throws -> ErrorStatistics {
        if configuration.store.enabled {
            let store = try store(.read)
            do throws(StoreError) {
                let groups = try store.statistics(since: since, by: grouping, zone: zone)
                let hours =
                    grouping == .hour ? groups : try store.statistics(since: since, by: .hour, zone: zone)
                let kinds =
                    grouping == .fingerprint
                    ? groups : try store.statistics(since: since, by: .fingerprint, zone: zone)
                let recurrence = try Recurrence(of: kinds, in: store)
                return ErrorStatistics(
                    since: since, until: now, groups: groups, hours: hours,
                    back: Set(kinds.filter(recurrence.isBack).compactMap(\.key)))
            } catch {
                switch error {
                case .absent: break
                default: Report.warning("에러 저장소를 읽을 수 없어 에러 파일로 셉니다: \(error)")
                }
            }
        }
        var problems = ReadProblems()
        var counts = FileStatistics(since: since, by: grouping, zone: zone)
        counts.read(configuration.files.directory, &problems)
        problems.report()
        return ErrorStatistics(
            since: since, until: now, groups: counts.groups, hours: counts.hours, knowsResolved: false)
    }
}
