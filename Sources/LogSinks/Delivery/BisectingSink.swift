package import LogModel
package import LogPipeline

/// Finds the bad records of a sink that can only say that a whole batch was refused.
///
/// Where the sink refuses every record of a batch, each half is delivered alone, down to single records. For
/// sinks that take the same record twice without harm: when a half has to be retried, the whole batch is.
package struct BisectingSink<Base: Sink>: Sink {
    private let base: Base

    package init(_ base: Base) { self.base = base }

    package var name: String { base.name }

    package func deliver(_ batch: [LogRecord]) async -> DeliveryOutcome {
        let outcome = await base.deliver(batch)
        guard case .rejected(let reasons) = outcome, reasons.count == batch.count, batch.count > 1 else {
            return outcome
        }
        let middle = batch.count / 2
        var refused: [Int: String] = [:]
        for range in [0..<middle, middle..<batch.count] {
            switch await deliver(Array(batch[range])) {
            case .delivered: break
            case .retry(let after, let reason): return .retry(after: after, reason: reason)
            case .rejected(let reasons):
                for (index, reason) in reasons { refused[range.lowerBound + index] = reason }
            }
        }
        return refused.isEmpty ? .delivered : .rejected(refused)
    }
}
