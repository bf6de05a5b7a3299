import ArgumentParser
import LogConfiguration
import LogModel

/// Which records are wanted.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: "The least level: DEBUG, INFO, WARNING, ERROR or CRITICAL.", transform: parseLevel)
    var level: Severity?

    @Option(
        help: ArgumentHelp("Only this day, in the configured time zone.", valueName: "yyyymmdd"),
        transform: { text in
            guard let date = CivilDate(compact: text.filter { $0 != "-" }) else {
                throw ValidationError("'\(text)' is no date; write it as YYYYMMDD.")
            }
            return date
        })
    var date: CivilDate?

    @Option(
        help: "Only what is no older than this, such as 30m, 2h or 7d.",
        transform: parseAge)
    var since: Duration?

    @Option(help: ArgumentHelp("Only what this regular expression (PCRE2) matches.", valueName: "re"))
    var grep: String?

    @Option(
        name: .customShort("n"),
        help: ArgumentHelp(
            "How many at most, the last ones; 'all' shows every one as it is found. (default: 50)",
            valueName: "n"), transform: parseCount)
    var count = 50

    func validate() throws { _ = try pattern() }

    private func pattern() throws -> SearchPattern? {
        do throws(SearchPattern.Fault) {
            return try grep.map { text throws(SearchPattern.Fault) in try SearchPattern(text) }
        } catch {
            throw ValidationError("'\(grep ?? "")' is no regular expression: \(error.reason).")
        }
    }

    /// The same as something that lines can be held against.
    func query(at now: Timestamp) throws -> RecordQuery {
        var query = RecordQuery()
        query.minimumLevel = level
        query.date = date
        query.pattern = try pattern()
        query.limit = count
        query.since = since.map { now.earlier(by: $0) }
        return query
    }
}

/// Reads `-n`; all is `Int.max`.
@Sendable func parseCount(_ text: String) throws -> Int {
    if text == "all" { return .max }
    guard let count = Int(text), count >= 0 else {
        throw ValidationError("'\(text)' is no number of records; use 0 or more, or 'all'.")
    }
    return count
}

/// Reads `--level`.
@Sendable func parseLevel(_ text: String) throws -> Severity {
    guard let level = Severity(name: text) else {
        throw ValidationError("'\(text)' is no level; use DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    }
    return level
}

/// Reads `--since`.
@Sendable func parseAge(_ text: String) throws -> Duration {
    guard let duration = parseDuration(text) else {
        throw ValidationError("'\(text)' is no duration; write it as 30m, 2h or 7d.")
    }
    return duration
}

extension Timestamp {
    /// The moment that was so long before this one.
    func earlier(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int64(self.nanoseconds) - Int64(attoseconds / 1_000_000_000)
        return Timestamp(
            seconds: self.seconds - seconds - (nanoseconds < 0 ? 1 : 0),
            nanoseconds: UInt32(nanoseconds < 0 ? nanoseconds + 1_000_000_000 : nanoseconds))
    }
}
