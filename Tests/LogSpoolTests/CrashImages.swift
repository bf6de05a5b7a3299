import Foundation
import LogModel
import LogSpool
import LogTesting
import Synchronization

/// Everything that a spool holds, to be compared.
struct Contents: Equatable {
    var waiting: [String: [String]] = [:]
    var parked: [String]

    init(_ spool: Spool) throws {
        for output in [OutputSet.store, .alerts] {
            waiting["\(output.rawValue)"] = try spool.read(for: output, limit: .max, maximumBytes: .max)
                .map { "\($0.sequence) \($0.text)" }
        }
        parked = try spool.parked(limit: .max).map {
            "\($0.output.rawValue) \($0.sequence) \($0.reason) \(String(decoding: $0.payload, as: UTF8.self))"
        }
    }
}

/// A copy of a spool's directory, as a crash at that moment leaves it.
struct CrashImage {
    let point: FaultPoint
    let directory: TemporaryDirectory
    var isLast = false

    /// Opens the copy.
    func contents() throws -> Contents {
        var configuration = SpoolConfiguration()
        configuration.directory = directory.file("image")
        configuration.reserveBytes = 0
        let spool = try Spool(configuration, outputs: [.store, .alerts], clock: ManualClock())
        defer { spool.close() }
        guard spool.recovery == .clean else { throw Unclean(recovery: spool.recovery) }
        return try Contents(spool)
    }

    struct Unclean: Error {
        var recovery: SpoolRecovery
    }
}

/// Takes images whenever it is told to.
final class ImageTaker: Sendable {
    private let source: String
    private let images = Mutex<[CrashImage]>([])
    private let count = Atomic<Int>(0)

    init(of directory: String) { source = directory }

    var taken: Int { count.load(ordering: .relaxed) }

    func take(at point: FaultPoint) {
        guard let directory = try? TemporaryDirectory(),
            (try? FileManager.default.copyItem(atPath: source, toPath: directory.file("image"))) != nil
        else { return }
        count.add(1, ordering: .relaxed)
        images.withLock { $0.append(CrashImage(point: point, directory: directory)) }
    }

    func removeAll() -> [CrashImage] {
        images.withLock { images in
            defer { images = [] }
            if !images.isEmpty { images[images.count - 1].isLast = true }
            return images
        }
    }
}
