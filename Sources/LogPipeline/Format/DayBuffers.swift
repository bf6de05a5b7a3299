package import LogModel

/// Lines on their way to the files of one kind, one buffer a day.
package struct DayBuffers: ~Copyable {
    struct Day: ~Copyable {
        var number: Int
        var buffer: OutputBuffer
        var records: Int
    }

    /// Room that a new buffer begins with: for the 64 KiB that are handed on at once, and what the read that fills them
    /// brings beyond, which under load is up to 45 KiB. Buffers that grow to it are copied on the way: a twentieth of
    /// the loop's CPU.
    private static let capacity = 112 * 1024
    private var days: [UnsafeMutablePointer<Day>] = []
    private(set) var current: UnsafeMutablePointer<Day>

    init(day: Int) {
        current = DayBuffers.make(day)
        days.append(current)
    }

    deinit {
        for day in days {
            day.deinitialize(count: 1)
            day.deallocate()
        }
    }

    /// Makes this day's buffer the current one.
    @inline(__always)
    mutating func select(_ day: Int) {
        if _slowPath(current.pointee.number != day) { change(to: day) }
    }

    private mutating func change(to day: Int) {
        if let found = days.first(where: { $0.pointee.number == day }) {
            current = found
            return
        }
        current = DayBuffers.make(day)
        days.append(current)
    }

    private static func make(_ number: Int) -> UnsafeMutablePointer<Day> {
        let day = UnsafeMutablePointer<Day>.allocate(capacity: 1)
        day.initialize(to: Day(number: number, buffer: OutputBuffer(capacity: capacity), records: 0))
        return day
    }

    /// Bytes in all buffers.
    package var byteCount: Int {
        if days.count == 1 { return current.pointee.buffer.count }
        return days.reduce(0) { $0 + $1.pointee.buffer.count }
    }

    /// Hands out every buffer that holds something, and forgets the days that aren't the current one.
    package mutating func take(_ body: (CivilDate, consuming OutputBuffer, _ records: Int) -> Void) {
        for day in days where !day.pointee.buffer.isEmpty {
            let full = day.pointee.buffer.replace(
                with: OutputBuffer(capacity: day == current ? DayBuffers.capacity : 64))
            body(CivilDate(dayNumber: day.pointee.number), full, day.pointee.records)
            day.pointee.records = 0
        }
        guard days.count > 1 else { return }
        for day in days where day != current {
            day.deinitialize(count: 1)
            day.deallocate()
        }
        days = [current]
    }
}
