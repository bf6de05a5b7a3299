import Foundation
import GRDB
import LogModel
import LogSpool
import LogTesting
import Testing

/// What the alerts' policy keeps in the spool.
@Suite struct AlertRowTests {
    private let row = AlertRow(chat: "-5", name: "cooldown a", state: "until 7\nheld 3")

    @Test func rowsAreThereWithTheCursorOrNotAtAll() throws {
        let images = Images()
        let bench = try SpoolBench()
        try bench.reopen(faults: FaultPoints { images.take($0) })
        images.source = bench.configuration.directory
        try bench.spool.append([TestRecord.chunk("one", "two")])
        let read = try bench.spool.read(for: .alerts, limit: 9, maximumBytes: .max)
        try bench.spool.advance(.alerts, through: read[0].sequence, saving: [row])
        for (point, directory) in images.all {
            var configuration = bench.configuration
            configuration.directory = directory.file("image")
            let spool = try Spool(configuration, outputs: .alerts, clock: bench.clock)
            let isCommitted = point == .advanceAfterCommit
            #expect(try spool.savedAlerts().rows == (isCommitted ? [row] : []))
            #expect(spool.waiting(for: .alerts) == (isCommitted ? 1 : 2))
            spool.close()
        }
        #expect(images.all.map(\.0) == [.advanceBeforeCommit, .advanceAfterCommit])
    }

    @Test func rowsAreSavedWithoutARecordToPass() throws {
        let bench = try SpoolBench()
        try bench.spool.advance(.alerts, through: 0, saving: [row])
        try bench.reopen()
        #expect(try bench.spool.savedAlerts().rows == [row])
        try bench.spool.advance(
            .alerts, through: 0, saving: [AlertRow(chat: "-5", name: "cooldown a", state: nil)])
        #expect(try bench.spool.savedAlerts().rows.isEmpty)
    }

    @Test func readingBehindARecordGoesOnFromThere() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("one", "two", "three")])
        let first = try bench.spool.read(for: .alerts, limit: 1, maximumBytes: .max)
        let rest = try bench.spool.read(
            for: .alerts, behind: first[0].sequence, limit: 9, maximumBytes: .max)
        #expect(rest.map(\.text) == ["two", "three"])
        try bench.spool.advance(.alerts, through: rest[0].sequence)
        #expect(bench.spool.waiting(for: .alerts) == 1)
        #expect(try bench.spool.texts(for: .alerts) == ["three"])
    }

    @Test func aSpoolOfTheFirstFormatKeepsItsRecords() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("one", "two")])
        bench.spool.close()
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "DROP TABLE alert; DROP TABLE owed")
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        try queue.close()
        try bench.reopen()
        #expect(bench.spool.recovery == .clean)
        #expect(try bench.spool.texts(for: .store) == ["one", "two"])
        try bench.spool.advance(.alerts, through: 0, saving: [row])
        #expect(try bench.spool.savedAlerts().rows == [row])
    }

    @Test func aRowThatCantBeTrustedIsLeftOutAndCounted() throws {
        let bench = try SpoolBench()
        let other = AlertRow(chat: "-5", name: "pace", state: "attempts 1")
        try bench.spool.advance(.alerts, through: 0, saving: [row, other])
        bench.spool.close()
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "UPDATE alert SET state = 'until 8' WHERE name = 'cooldown a'")
        }
        try queue.close()
        try bench.reopen()
        let saved = try bench.spool.savedAlerts()
        #expect(saved.rows == [other] && saved.damaged == 1)
    }

    @Test func aDamagedSpoolGivesBackTheRowsThatItStillHas() throws {
        let bench = try SpoolBench()
        try bench.spool.append([TestRecord.chunk("one")])
        try bench.spool.advance(.alerts, through: 0, saving: [row])
        bench.spool.close()
        let queue = try DatabaseQueue(path: bench.configuration.directory + "/spool.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE stray (a)") }
        try queue.close()
        try bench.reopen()
        guard case .setAside = bench.spool.recovery else {
            Issue.record("\(bench.spool.recovery)")
            return
        }
        #expect(bench.spool.losses.setAside == 1)
        #expect(try bench.spool.savedAlerts().rows == [row])
    }

    /// Copies of the directory, by fault point.
    private final class Images: @unchecked Sendable {
        // Unchecked: the spool reaches its points on the test's own thread.
        var source: String?
        private(set) var all: [(FaultPoint, TemporaryDirectory)] = []

        func take(_ point: FaultPoint) {
            guard let source, point == .advanceBeforeCommit || point == .advanceAfterCommit,
                let directory = try? TemporaryDirectory()
            else { return }
            try? FileManager.default.copyItem(atPath: source, toPath: directory.file("image"))
            all.append((point, directory))
        }
    }
}
