package import LogModel

/// A daily file that lies on disk: a regular file with a name of the daemon's own pattern.
package struct DailyFileEntry: Hashable, Sendable {
    package var name: DailyFileName
    package var size: Int

    package init(name: DailyFileName, size: Int) {
        self.name = name
        self.size = size
    }
}

/// Which files go and which are compressed (contract section 8): a listing in, names out, no I/O.
package struct RetentionPlan: Equatable, Sendable {
    /// Past their time, or the oldest of too many bytes, in the order in which they should go.
    package var deletions: [DailyFileEntry] = []
    /// Plain files of closed days.
    package var compressions: [DailyFileEntry] = []

    /// - Parameters:
    ///   - today: the date in `files.time_zone`.
    ///   - closedBefore: days before this one get no more records but late ones, and may be compressed.
    package init(
        entries: [DailyFileEntry], today: CivilDate, closedBefore: CivilDate,
        configuration: RetentionConfiguration
    ) {
        let oldestKept = today.adding(days: 1 - max(1, configuration.days))
        deletions = entries.filter { $0.name.day < oldestKept }.sorted(by: RetentionPlan.goesFirst)
        var kept = entries.filter { $0.name.day >= oldestKept }
        if configuration.maximumBytes > 0 {
            var excess = kept.reduce(0) { $0 + $1.size } - configuration.maximumBytes
            for entry in kept.filter({ $0.name.day < today }).sorted(by: RetentionPlan.goesFirst)
            where excess > 0 {
                excess -= entry.size
                deletions.append(entry)
            }
            kept.removeAll(where: deletions.contains)
        }
        guard configuration.compress != .none else { return }
        compressions =
            kept.filter { $0.name.compression == .none && $0.name.day < closedBefore }
            .sorted(by: RetentionPlan.goesFirst)
    }

    /// The oldest day first, and of a day the text, since the errors are worth more.
    private static func goesFirst(_ left: DailyFileEntry, _ right: DailyFileEntry) -> Bool {
        (left.name.day, left.name.kind.rawValue, left.name.text) < (
            right.name.day, right.name.kind.rawValue, right.name.text
        )
    }
}
