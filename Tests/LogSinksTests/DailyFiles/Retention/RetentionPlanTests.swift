import LogModel
import Testing

@testable import LogSinks

@Suite struct `The retention plan` {
    let today = CivilDate(year: 2026, month: 3, day: 2)!

    func entry(
        _ daysAgo: Int, _ kind: DailyFileKind = .text, _ size: Int = 10,
        _ compression: RetentionConfiguration.Compression = .none
    ) -> DailyFileEntry {
        DailyFileEntry(
            name: DailyFileName(kind: kind, day: today.adding(days: -daysAgo), compression: compression),
            size: size)
    }

    func plan(
        _ entries: [DailyFileEntry], days: Int = 3, maximumBytes: Int = 0,
        compress: RetentionConfiguration.Compression = .none, closedBefore: CivilDate? = nil
    ) -> RetentionPlan {
        var configuration = RetentionConfiguration()
        configuration.days = days
        configuration.maximumBytes = maximumBytes
        configuration.compress = compress
        return RetentionPlan(
            entries: entries, today: today, closedBefore: closedBefore ?? today, configuration: configuration)
    }

    @Test func `keeps today and the two days before, of both kinds`() {
        let entries = (0...5).flatMap { [entry($0), entry($0, .errors, 1, .gzip)] }
        let plan = plan(entries.shuffled())
        #expect(
            plan.deletions.map(\.name.day.compact) == [
                "20260225", "20260225", "20260226", "20260226", "20260227", "20260227",
            ])
        #expect(plan.compressions.isEmpty)
    }

    @Test func `leaves files of the future alone`() {
        #expect(plan([entry(-1), entry(-400)], days: 1, maximumBytes: 1, compress: .gzip).deletions.isEmpty)
    }

    @Test
    func `deletes the oldest day first where there are too many bytes, text before errors, never today's`() {
        let entries = [entry(0), entry(1), entry(1, .errors), entry(2), entry(2, .errors), entry(0, .errors)]
        #expect(plan(entries, maximumBytes: 60).deletions.isEmpty)
        #expect(plan(entries, maximumBytes: 59).deletions == [entry(2)])
        #expect(plan(entries, maximumBytes: 31).deletions == [entry(2), entry(2, .errors), entry(1)])
        #expect(plan(entries, maximumBytes: 1).deletions.count == 4)
    }

    @Test func `compresses closed plain files that stay`() {
        let entries = [entry(0), entry(1), entry(2), entry(2, .errors, 10, .gzip), entry(3)]
        #expect(plan(entries, compress: .zstd).compressions == [entry(2), entry(1)])
        #expect(
            plan(entries, compress: .zstd, closedBefore: today.adding(days: -1)).compressions == [entry(2)])
        #expect(plan(entries, maximumBytes: 25, compress: .zstd).compressions == [entry(1)])
    }

    @Test(arguments: [
        "info_20260201.log", "info_20260201.log.gz", "info_20260201.log.zst",
    ])
    func `knows the daemon's own names`(text: String) {
        #expect(DailyFileName(text, kind: .text)?.text == text)
        #expect(DailyFileName(text, kind: .errors) == nil)
    }

    @Test(arguments: [
        "info_20260201.log.backup", "info_backup_20260201.log", "manual_info_20260201.log",
        "info_2026020.log",
        "info_20260231.log", "info_20260201.json", "info_20260201.log.gz.gz", "INFO_20260201.log",
        "info_20260201.log ",
        "info_２０２６0201.log", "info_-0260201.log", ".info_20260201.log", "info_20260201.log.bz2", "",
        "info_.log",
        "info_2026-02-01.log", "info_20260201_1.log", "info_20260201.log\n",
    ])
    func `leaves every other name alone`(text: String) { #expect(DailyFileName(text, kind: .text) == nil) }
}

@Suite struct `The retention schedule` {
    @Test func `is due each hour, at midnight, and when yesterday is closed`() {
        // 2026-02-01T22:10:00Z.
        var now: Int64 = 1_769_983_800
        var times: [String] = []
        for _ in 0..<5 {
            now = RetentionSchedule.next(after: now, zone: .utc)
            times.append("\(now % 86400 / 3600):\(now % 3600 / 60)")
        }
        #expect(times == ["23:0", "0:0", "0:15", "1:0", "2:0"])
    }

    @Test func `closes a day fifteen minutes after its end`() {
        let midnight: Int64 = 1_769_990_400
        let today = ZoneRules.utc.date(of: Timestamp(seconds: midnight))
        #expect(RetentionSchedule.closedBefore(midnight + 899, zone: .utc) == today.adding(days: -1))
        #expect(RetentionSchedule.closedBefore(midnight + 900, zone: .utc) == today)
    }
}
