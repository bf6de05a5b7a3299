import Foundation
import LogConfiguration
import LogModel
import LogSinks
import LogSpool
import LogStore
import LogTesting
import Testing

@testable import hantu

/// `hantu logs stats` at 13:30 on 2026-02-01 in Seoul, 80 columns wide.
struct StatisticsTranscriptTests {
    @Test(arguments: Transcript.names(in: "stats"))
    func `statistics look as their transcript says`(name: String) throws {
        let scratch = try TemporaryDirectory()
        var configuration = Configuration()
        configuration.files.directory = Transcript.directory.appending(path: "logs").path
        configuration.spool.directory = scratch.path
        configuration.store.enabled = !name.contains("files")
        if configuration.store.enabled { try fillErrorStore(in: scratch.path) }
        let session = Session(
            configuration: configuration, zone: seoul, now: Timestamp(seconds: noon + 5400), style: .plain)
        try Transcript(name).check { prompt in
            let words = prompt.split(separator: " ").map(String.init)
            let grouping = try #require(StoreGrouping(rawValue: words[7]))
            let statistics = try session.statistics(
                since: session.now.earlier(by: .seconds(3 * 86400)), by: grouping)
            var out = OutputBuffer()
            if words.last == "--json" {
                statistics.appendJSON(zone: seoul, to: &out)
            } else {
                StatisticsView(statistics, zone: seoul, columns: 80).append(to: &out, style: .plain)
            }
            return String(decoding: out.bytes, as: UTF8.self) + "? 0\n"
        }
    }
}
