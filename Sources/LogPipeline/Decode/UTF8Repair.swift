import LogModel

/// Whether text is UTF-8, and what to do where it isn't (contract section 2: U+FFFD, flagged).
enum UTF8Repair {
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return true }
        var position = 0
        let count = text.count
        while position < count {
            let byte = base[position]
            if byte < 0x80 {
                // Eight ASCII bytes at a time where they come in runs.
                while position + 8 <= count,
                    UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080
                        == 0
                {
                    position += 8
                }
                while position < count, base[position] < 0x80 { position += 1 }
                continue
            }
            if byte & 0xF0 == 0xE0 {
                guard position + 2 < count else { return false }
                let second = base[position + 1]
                guard second & 0xC0 == 0x80, base[position + 2] & 0xC0 == 0x80,
                    byte != 0xE0 || second >= 0xA0, byte != 0xED || second < 0xA0
                else { return false }
                position += 3
            } else if byte & 0xE0 == 0xC0 {
                guard byte >= 0xC2, position + 1 < count, base[position + 1] & 0xC0 == 0x80 else {
                    return false
                }
                position += 2
            } else {
                guard byte >= 0xF0, byte <= 0xF4, position + 3 < count else { return false }
                let second = base[position + 1]
                guard second & 0xC0 == 0x80, base[position + 2] & 0xC0 == 0x80,
                    base[position + 3] & 0xC0 == 0x80,
                    byte != 0xF0 || second >= 0x90, byte != 0xF4 || second < 0x90
                else { return false }
                position += 4
            }
        }
        return true
    }

    /// Appends the text with U+FFFD for each sequence that is none.
    static func repair(_ text: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        out.append(String(decoding: text, as: UTF8.self))
    }
}
