import Foundation
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `The retention runner` {
    @Test func `compresses a day that the writer holds open, and late records find a file again`()
        async throws
    {
        let tree = try LogTree()
        let clock = ManualClock(seconds: LogTree.noon)
        var configuration = FilesConfiguration()
        configuration.directory = tree.directory.path
        configuration.retention.compress = .zstd
        let runner = RetentionRunner(
            directory: tree.directory.path, configuration: configuration.retention, zone: .utc, clock: clock,
            events: { event in tree.told.withLock { $0.append(event) } })
        let writer = DailyFileWriter(
            configuration: configuration, clock: clock, standardError: { _, _, _ in },
            reclaim: { runner.reclaim() }, events: { _ in }, progress: { _ in })
        let yesterday = CivilDate(compact: "20260204")!
        try tree.write("info/info_20260201.log")

        func checked() async { await withCheckedContinuation { next in runner.check { next.resume() } } }
        func written(_ text: String) async {
            writer.submit(chunk(text, day: yesterday))
            await withCheckedContinuation { next in writer.flush { next.resume() } }
        }
        await written("one")
        runner.start(besides: writer)
        await checked()
        #expect(tree.names == ["info/info_20260204.log.zst"])
        await written("two")
        #expect(tree.names == ["info/info_20260204.log", "info/info_20260204.log.zst"])
        await checked()
        #expect(tree.names == ["info/info_20260204.log.zst"])
        #expect(try tree.read(tree.names[0]) == "one\ntwo\n")

        #expect(await writer.stop(within: .seconds(10)))
        try tree.write("info/info_20260204.log", "three\n")
        await checked()
        #expect(tree.names.count == 2, "without a writer to ask nothing is set aside")
        #expect(await runner.stop(within: .seconds(10)))
    }

    @Test func `applies a changed configuration at once`() async throws {
        let tree = try LogTree()
        try tree.write("info/info_20260204.log")
        let runner = RetentionRunner(
            directory: tree.directory.path, configuration: RetentionConfiguration(), zone: .utc,
            clock: ManualClock(seconds: LogTree.noon), events: { _ in })
        let writer = DailyFileWriter(
            configuration: FilesConfiguration(), clock: ManualClock(), standardError: { _, _, _ in },
            events: { _ in }, progress: { _ in })
        runner.start(besides: writer)
        await withCheckedContinuation { next in runner.check { next.resume() } }
        #expect(tree.names.count == 1)
        var shorter = RetentionConfiguration()
        shorter.days = 1
        runner.update(shorter, zone: .utc)
        await withCheckedContinuation { next in runner.check { next.resume() } }
        #expect(tree.names.isEmpty)
        #expect(await runner.stop(within: .seconds(10)))
        #expect(await writer.stop(within: .seconds(10)))
    }
}
