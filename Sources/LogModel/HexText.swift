extension OutputBuffer {
    /// Appends the lowest `digits` (1...16) hex digits of a number, in lower case.
    package mutating func append(hex value: UInt64, digits: Int) {
        reserve(digits)
        var rest = value
        var place = end &+ digits
        end = place
        while place > end &- digits {
            place &-= 1
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            set(place, to: digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
            rest &>>= 4
        }
    }

    /// Appends a UUID's 36 characters.
    package mutating func append(_ id: EventID) {
        append(hex: id.high &>> 32, digits: 8)
        append(UInt8(ascii: "-"))
        append(hex: id.high &>> 16, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: id.high, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: id.low &>> 48, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: id.low, digits: 12)
    }
}
