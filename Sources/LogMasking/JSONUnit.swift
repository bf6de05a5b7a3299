/// One byte or one escape sequence of a JSON string's content, decoded.
struct JSONUnit {
    /// UTF-8, the first byte lowest.
    let bytes: UInt32
    let length: UInt32
    /// Behind it.
    let next: Int
}

extension MaskText {
    /// The unit at `position` of a valid string that ends at `end`; a lone surrogate is read as U+FFFD.
    func jsonUnit(at position: Int, _ end: Int) -> JSONUnit {
        let byte = base[position]
        guard byte == UInt8(ascii: "\\"), position + 1 < end else {
            return JSONUnit(bytes: UInt32(byte), length: 1, next: position + 1)
        }
        let meant: UInt8
        switch base[position + 1] {
        case UInt8(ascii: "b"): meant = 0x08
        case UInt8(ascii: "f"): meant = 0x0C
        case UInt8(ascii: "n"): meant = 0x0A
        case UInt8(ascii: "r"): meant = 0x0D
        case UInt8(ascii: "t"): meant = 0x09
        case UInt8(ascii: "u"): return jsonUnicodeUnit(at: position, end)
        case let other: meant = other
        }
        return JSONUnit(bytes: UInt32(meant), length: 1, next: position + 2)
    }

    private func jsonUnicodeUnit(at position: Int, _ end: Int) -> JSONUnit {
        let first = hexadecimal(position + 2, end)
        if first & 0xF800 != 0xD800 { return JSONUnit(scalar: first, next: min(position + 6, end)) }
        if first < 0xDC00, self[position + 6] == UInt8(ascii: "\\"), self[position + 7] == UInt8(ascii: "u") {
            let second = hexadecimal(position + 8, end)
            if second & 0xFC00 == 0xDC00 {
                let scalar = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
                return JSONUnit(scalar: scalar, next: min(position + 12, end))
            }
        }
        return JSONUnit(scalar: 0xFFFD, next: min(position + 6, end))
    }

    private func hexadecimal(_ start: Int, _ end: Int) -> UInt32 {
        var value: UInt32 = 0
        for i in start..<min(start + 4, end) {
            let byte = base[i]
            value = value << 4 | UInt32(byte.isDigit ? byte & 0x0F : (byte & 0x0F) &+ 9)
        }
        return value
    }
}

extension JSONUnit {
    fileprivate init(scalar: UInt32, next: Int) {
        self.next = next
        func following(_ shift: UInt32) -> UInt32 { 0x80 | scalar >> shift & 0x3F }
        switch scalar {
        case 0..<0x80:
            (bytes, length) = (scalar, 1)
        case 0x80..<0x800:
            (bytes, length) = (0xC0 | scalar >> 6 | following(0) << 8, 2)
        case 0x800..<0x10000:
            (bytes, length) = (0xE0 | scalar >> 12 | following(6) << 8 | following(0) << 16, 3)
        default:
            (bytes, length) =
                (0xF0 | scalar >> 18 | following(12) << 8 | following(6) << 16 | following(0) << 24, 4)
        }
    }
}
