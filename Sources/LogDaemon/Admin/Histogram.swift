import Synchronization

/// How long something took, counted in buckets (contract section 11).
final class Histogram: Sendable {
    /// Upper bounds in seconds, from a fraction of a millisecond to what is surely a fault.
    static let bounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    /// What was counted so far.
    struct Snapshot: Sendable, Equatable {
        /// For each bound, and at the end for what is over all of them; not cumulative.
        var counts = [UInt64](repeating: 0, count: Histogram.bounds.count + 1)
        var seconds = 0.0
    }

    private let state = Mutex(Snapshot())

    func record(nanoseconds: UInt64) {
        let seconds = Double(nanoseconds) / 1e9
        let bucket = Histogram.bounds.firstIndex { seconds <= $0 } ?? Histogram.bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.seconds += seconds
        }
    }

    var snapshot: Snapshot { state.withLock { $0 } }
}

/// The daemon's histograms.
struct Timings: Sendable {
    /// Writing one run of lines to the daily files.
    let fileWrites = Histogram()
    /// Committing one group of chunks to the spool.
    let spoolCommits = Histogram()
    /// Delivering one batch, by output; attempts that failed count too.
    let storeDeliveries = Histogram()
    let alertDeliveries = Histogram()
}
