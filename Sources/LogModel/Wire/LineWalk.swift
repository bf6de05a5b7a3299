/// Where the scan is. It stays in registers, unlike a cursor, which lends itself to others; what is rare gets a
/// cursor of its own.
struct LineWalk {
    let base: UnsafePointer<UInt8>
    let end: Int
    let stops: UnsafePointer<UInt64>
    var position = 0

    @inline(__always)
    init(_ line: UnsafeBufferPointer<UInt8>, _ stops: UnsafePointer<UInt64>) {
        base = line.baseAddress!
        end = line.count
        self.stops = stops
    }

    var line: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: end) }

    @inline(__always)
    func isAt(_ byte: UInt8) -> Bool { position < end && base[position] == byte }

    @inline(__always)
    mutating func skipSpace() {
        while position < end, base[position] <= 0x20 {
            let byte = base[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// Where the closing quote is of a string that begins here, if it has no escapes and an end.
    @inline(__always)
    func plainStop(from start: Int) -> Int? {
        var index = start &>> 6
        var word = stops[index] & (~0 &<< UInt64(truncatingIfNeeded: start & 63))
        while word == 0 {
            index &+= 1
            word = stops[index]
        }
        let stop = index &<< 6 | word.trailingZeroBitCount
        return stop < end && base[stop] == UInt8(ascii: "\"") ? stop : nil
    }

    /// Passes a string whose opening quote is behind the position, if it has no escapes and an end.
    @inline(__always)
    mutating func passPlainString() -> Bool {
        guard let stop = plainStop(from: position) else { return false }
        position = stop &+ 1
        return true
    }

    /// Passes an integer of a few digits, by far the most frequent of what is no string; others are left alone.
    @inline(__always)
    mutating func passSmallInteger() -> Bool {
        guard base[position] &- UInt8(ascii: "1") < 9 else { return false }
        var next = position &+ 1
        let most = min(end, next &+ 10)
        while next < most, base[next] &- UInt8(ascii: "0") < 10 { next &+= 1 }
        // What follows shows that no digit, point or exponent does; behind a line that was cut, one might.
        guard next < end, base[next] == UInt8(ascii: ",") || base[next] == UInt8(ascii: "}") else {
            return false
        }
        position = next
        return true
    }

    /// What is to be said of the place where something else should stand.
    func failure(_ fault: JSONFault = .unexpectedByte) -> LineScanner.Failure {
        position < end
            ? LineScanner.Failure(fault: fault, offset: position)
            : LineScanner.Failure(fault: .endsEarly, offset: end)
    }

    /// A cursor at this place.
    func cursor() -> JSONCursor { JSONCursor(line, from: position, stops: stops) }
}
