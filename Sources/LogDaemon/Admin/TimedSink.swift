import LogModel
import LogPipeline

/// A sink whose attempts are timed.
struct TimedSink<Base: Sink>: Sink {
    private let base: Base
    private let clock: any Clock
    private let histogram: Histogram

    init(_ base: Base, clock: any Clock, histogram: Histogram) {
        self.base = base
        self.clock = clock
        self.histogram = histogram
    }

    var name: String { base.name }

    func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome {
        let start = clock.monotonicNanoseconds()
        defer { histogram.record(nanoseconds: clock.monotonicNanoseconds() - start) }
        return await base.deliver(batch)
    }
}
