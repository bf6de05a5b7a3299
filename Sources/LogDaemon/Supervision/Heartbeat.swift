import NIOCore

/// Tells systemd's watchdog that the pipeline lives, from within: a token goes through every part that a record
/// waits for, in turn, and only when it has come back is there a sign of life, and a next token.
///
/// A part that is stuck holds the token, and so the sign; a part that has nothing to do, or retries a disk that
/// fails, passes it on.
struct Heartbeat: Sendable {
    /// A part of the pipeline: calls back from its own thread, once it is through with what it had before.
    typealias Station = @Sendable (_ passed: @escaping @Sendable () -> Void) -> Void

    let stations: [Station]
    let eventLoop: any EventLoop
    /// Between a token's return and the next one.
    let pause: TimeAmount
    let beat: @Sendable () -> Void

    /// Sends the first token; from then on it goes by itself, until the event loop ends.
    func start() { eventLoop.execute { pass(stations[...]) } }

    private func pass(_ left: ArraySlice<Station>) {
        guard let next = left.first else {
            return eventLoop.execute {
                beat()
                eventLoop.scheduleTask(in: pause) { pass(stations[...]) }
            }
        }
        next { pass(left.dropFirst()) }
    }
}
