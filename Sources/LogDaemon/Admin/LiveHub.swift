import LogModel
import LogPipeline
import NIOCore

/// Somebody who listens to the live stream; belongs to the admin interface's loop.
protocol LiveListener: AnyObject {
    /// Whether what it was given has got so far away that it may have more.
    var hasRoom: Bool { get }
    /// Takes whole lines.
    func send(_ lines: ByteBuffer)
    /// The stream is over.
    func end()
}

/// Brings the records of the intake's loop to those who listen, on the admin interface's loop.
///
/// Whoever doesn't read fast enough misses records, and is told how many; nothing here holds up the intake.
final class LiveHub {
    /// Tells the intake who listens from now on, and calls `done` on this loop when it knows.
    typealias Tune =
        @Sendable (_ listeners: [LiveTap.Listener], _ gate: LiveGate, _ done: @escaping @Sendable () -> Void)
        ->
        Void

    private struct Seat {
        var wish: LiveTap.Listener
        var listener: any LiveListener
        var missed = 0
        var isFull = false
    }

    let gate = LiveGate()
    /// By the listener's number; a number whose listener has left stays taken until the intake knows.
    private var seats: [Int: Seat?] = [:]
    private let tune: Tune
    private let dropped: (Int) -> Void
    private let eventLoop: any EventLoop
    /// The hub itself, for closures that run on its loop later.
    private lazy var bound = NIOLoopBound(self, eventLoop: eventLoop)

    /// To be made on its loop. `dropped` is told of records that somebody was too slow for.
    init(eventLoop: any EventLoop, tune: @escaping Tune, dropped: @escaping (Int) -> Void) {
        self.eventLoop = eventLoop
        self.tune = tune
        self.dropped = dropped
    }

    var listenerCount: Int { seats.values.count { $0 != nil } }

    /// Takes the listener in and calls `ready`, on this loop, from when on it gets records; nil where there are too
    /// many already, else its number.
    func add(
        _ listener: any LiveListener, minimumLevel: Severity, service: String?,
        ready: @escaping @Sendable () -> Void
    ) -> Int? {
        guard let number = (0..<LiveTap.maximumListeners).first(where: { seats[$0] == nil }) else {
            return nil
        }
        let wish = LiveTap.Listener(number: number, minimumLevel: minimumLevel, service: service)
        gate.setFull(number, false)
        seats[number] = .some(Seat(wish: wish, listener: listener))
        tell(ready)
        return number
    }

    func remove(_ number: Int) {
        guard case .some(.some) = seats[number] else { return }
        seats[number] = .some(nil)
        // What is under way for it comes before the answer.
        tell { [bound] in bound.value.seats[number] = nil }
    }

    private func tell(_ done: @escaping @Sendable () -> Void) {
        tune(seats.values.compactMap { $0?.wish }.sorted { $0.number < $1.number }, gate, done)
    }

    /// Gives each listener the records that are for it, and notes what it missed.
    func publish(_ chunk: RecordChunk, skipped: [Int]) {
        gate.arrived(bytes: chunk.byteCount)
        for number in seats.keys.sorted() {
            guard case .some(.some(var seat)) = seats[number] else { continue }
            seat.missed += skipped[number]
            deliver(chunk, number, &seat)
            seats[number] = seat
        }
    }

    private func deliver(_ chunk: RecordChunk, _ number: Int, _ seat: inout Seat) {
        var lines = ByteBuffer()
        var missed = 0
        let hasRoom = seat.listener.hasRoom
        _ = chunk.withBytes { bytes in
            RecordFrame.forEach(in: bytes) { _, takers, payload in
                guard takers.rawValue & 1 << UInt8(number) != 0 else { return }
                guard hasRoom else { return missed += 1 }
                lines.writeBytes(UnsafeRawBufferPointer(payload))
                lines.writeInteger(UInt8(ascii: "\n"))
            }
        }
        seat.missed += missed
        if !hasRoom {
            seat.isFull = true
            gate.setFull(number, true)
        } else {
            tellMissed(&seat)
            if lines.readableBytes > 0 { seat.listener.send(lines) }
        }
    }

    /// The listener may have more again.
    func madeRoom(_ number: Int) {
        guard case .some(.some(var seat)) = seats[number], seat.listener.hasRoom else { return }
        seat.isFull = false
        gate.setFull(number, false)
        tellMissed(&seat)
        seats[number] = seat
    }

    private func tellMissed(_ seat: inout Seat) {
        guard seat.missed > 0 else { return }
        dropped(seat.missed)
        seat.listener.send(ByteBuffer(string: "{\"hantu\":{\"dropped\":\(seat.missed)}}\n"))
        seat.missed = 0
    }

    /// Ends all streams.
    func end() {
        for case .some(let seat) in seats.values { seat.listener.end() }
        seats.removeAll()
    }
}
