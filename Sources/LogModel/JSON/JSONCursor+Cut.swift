extension JSONCursor {
    /// Where string content ends if an escape that the end falls into is left out.
    static func wholeEscapes(in base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end {
            guard base[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            guard position + 1 < end else { return position }
            let length = base[position + 1] == UInt8(ascii: "u") ? 6 : 2
            guard position + length <= end else { return position }
            position += length
        }
        return end
    }
}
