import Foundation
import Glibc
import LogModel
import LogSpool
import LogTesting
import Testing

/// A disk that is full, really: a small tmpfs. Only root can mount one.
@Suite(.serialized) struct FullDiskTests {
    /// A file system of this size, unmounted at the end; nil (and a line that says so) without the right to mount.
    private final class SmallDisk {
        let directory: TemporaryDirectory
        var path: String { directory.file("disk") }

        init?(bytes: Int) throws {
            directory = try TemporaryDirectory()
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID), "size=\(bytes)") == 0 else {
                print("SKIPPED: a full disk can't be tried without the right to mount (\(errno))")
                return nil
            }
        }

        deinit { umount2(path, Int32(MNT_DETACH)) }

        /// Fills what is left.
        func fill() {
            let descriptor = open(path + "/ballast", O_WRONLY | O_CREAT, 0o600)
            let block = [UInt8](repeating: 1, count: 4096)
            while write(descriptor, block, block.count) == block.count {}
            close(descriptor)
        }

        func empty() { unlink(path + "/ballast") }
    }

    private func configuration(_ disk: SmallDisk, reserve: Int) -> SpoolConfiguration {
        var configuration = SpoolConfiguration()
        configuration.directory = disk.path + "/spool"
        configuration.reserveBytes = reserve
        return configuration
    }

    @Test func theReserveIsGivenUpThenTheCallerKeepsTheRecords() throws {
        guard let disk = try SmallDisk(bytes: 8 << 20) else { return }
        let clock = ManualClock()
        let spool = try Spool(configuration(disk, reserve: 1 << 20), outputs: .store, clock: clock)
        #expect(spool.statistics().reserveHeld)
        try spool.append([TestRecord.chunk("0")])
        disk.fill()
        var kept = 1
        var refused = false
        for number in 1..<200 {
            do {
                try spool.append([TestRecord.chunk("\(number) " + String(repeating: "x", count: 20_000))])
                kept += 1
            } catch {
                #expect(error == .full)
                refused = true
                break
            }
        }
        #expect(refused)
        #expect(kept > 10)
        #expect(!spool.statistics().reserveHeld)
        #expect(try spool.texts(for: .store).count == kept)

        // With room again everything goes on, and the reserve comes back.
        disk.empty()
        clock.advance(seconds: 11)
        try spool.append([TestRecord.chunk("after")])
        #expect(spool.statistics().reserveHeld)
        #expect(try spool.texts(for: .store).count == kept + 1)
        spool.close()
        let again = try Spool(configuration(disk, reserve: 1 << 20), outputs: .store, clock: clock)
        #expect(again.recovery == .clean)
        #expect(try again.texts(for: .store).last == "after")
        again.close()
    }

    @Test func recordsCanBeTakenFromAFullDisk() throws {
        guard let disk = try SmallDisk(bytes: 8 << 20) else { return }
        let spool = try Spool(configuration(disk, reserve: 1 << 20), outputs: .store, clock: ManualClock())
        for number in 0..<20 { try spool.append([TestRecord.chunk("\(number)", outputs: .store)]) }
        disk.fill()
        let records = try spool.read(for: .store, limit: 99, maximumBytes: .max)
        try spool.advance(.store, through: records.last!.sequence)
        #expect(spool.waiting(for: .store) == 0)
        spool.close()
    }

    @Test func aWriterKeepsItsRecordsUntilThereIsRoom() throws {
        guard let disk = try SmallDisk(bytes: 4 << 20) else { return }
        let clock = ManualClock()
        let spool = try Spool(configuration(disk, reserve: 0), outputs: .store, clock: clock)
        disk.fill()
        let told = Monitor((failed: 0, recovered: 0))
        var callbacks = SpoolWriter.Callbacks()
        callbacks.failed = { _ in told.change { $0.failed += 1 } }
        callbacks.recovered = { told.change { $0.recovered += 1 } }
        let writer = SpoolWriter(spool, clock: clock, callbacks: callbacks)
        _ = writer.submit(TestRecord.chunk(String(repeating: "x", count: 500_000), outputs: .store))
        told.await { $0.failed > 0 ? .done(()) : .wait(nanoseconds: nil) }
        disk.empty()
        clock.advance(seconds: 2)
        writer.hurry()
        told.await { $0.recovered > 0 ? .done(()) : .wait(nanoseconds: nil) }
        #expect(writer.stop().isEmpty)
        #expect(spool.waiting(for: .store) == 1)
        spool.close()
    }
}
