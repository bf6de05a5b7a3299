import LogModel
import LogSinks
import LogStore

/// Counts the records of error files in groups, for where there is no error store.
struct FileStatistics {
    private let since: Timestamp
    private let grouping: StoreGrouping
    private let zone: ZoneRules
    private var byKey: [String?: StoreGroup] = [:]
    private var byHour: [String?: StoreGroup] = [:]

    init(since: Timestamp, by grouping: StoreGrouping, zone: ZoneRules) {
        self.since = since
        self.grouping = grouping
        self.zone = zone
    }

    /// Reads the error files below this directory that can have anything since then.
    mutating func read(_ directory: String, _ problems: inout ReadProblems) {
        let log = DailyLog(directory: directory, kind: .errors, zone: zone)
        var query = RecordQuery()
        query.since = since
        do throws(PlainFile.Failure) {
            var filter = ErrorLineFilter(query: query, zone: zone)
            for file in try log.files() where query.canBeOn(file.day, zone: zone) {
                var broken = 0
                forEachUnpackedLine(of: log.path(of: file), &problems) { line in
                    switch filter.judge(line) {
                    case .wanted: if let record = filter.record(line) { count(record) }
                    case .unwanted: break
                    case .broken: broken += 1
                    }
                }
                problems.brokenLines += broken
            }
        } catch {
            problems.unreadable.append("\(log.path): \(error.reason)")
        }
    }

    mutating func count(_ record: LogRecord) {
        let hour = FileStatistics.hour(of: record.timestamp, zone)
        let key: String? =
            switch grouping {
            case .service: record.service
            case .type: record.errorType
            case .level: record.level.description
            case .fingerprint: record.fingerprint
            case .hour: hour
            }
        FileStatistics.add(record.timestamp, key, to: &byKey)
        FileStatistics.add(record.timestamp, hour, to: &byHour)
    }

    private static func add(_ time: Timestamp, _ key: String?, to groups: inout [String?: StoreGroup]) {
        guard var group = groups[key] else {
            groups[key] = StoreGroup(key: key, count: 1, firstSeen: time, lastSeen: time, unresolved: 1)
            return
        }
        group.count += 1
        group.unresolved += 1
        group.firstSeen = min(group.firstSeen, time)
        group.lastSeen = max(group.lastSeen, time)
        groups[key] = group
    }

    /// The groups in the order in which an error store gives them.
    var groups: [StoreGroup] {
        if grouping == .hour { return hours }
        return byKey.values.sorted { ($1.count, $0.key ?? "") < ($0.count, $1.key ?? "") }
    }

    var hours: [StoreGroup] { byHour.values.sorted { $0.firstSeen < $1.firstSeen } }

    /// The hour's beginning, `2026-02-01 12:00`.
    private static func hour(of time: Timestamp, _ zone: ZoneRules) -> String {
        let local = time.seconds + Int64(zone.offset(at: time.seconds))
        var text = OutputBuffer(capacity: 64)
        TimeText.append(localSeconds: local, to: &text)
        text.truncate(to: 13)
        text.append(":00")
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
