import LogModel

/// What a line's level says (contract section 2).
struct LevelReading {
    var severity = Severity.info
    var succeeded = false
    var isKnown = true
}

/// Reads levels: names in any case, and numbers on Python's scale or pino's.
enum LevelReader {
    @inline(__always)
    static func read(_ text: UnsafeBufferPointer<UInt8>, isNumber: Bool, pinoScale: Bool) -> LevelReading {
        if isNumber { return number(text, pinoScale: pinoScale) }
        guard (2...16).contains(text.count) else { return unknown }
        if let named = LevelNames.shared.find(text) { return named }
        return withOffset(text)
    }

    /// slog's levels between the named ones: `INFO+2`, `DEBUG-4`; the name counts.
    @inline(never)
    private static func withOffset(_ text: UnsafeBufferPointer<UInt8>) -> LevelReading {
        guard let sign = text.firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
            sign >= 2, sign + 1 < text.count, text[(sign + 1)...].allSatisfy({ (0x30...0x39).contains($0) })
        else { return unknown }
        return LevelNames.shared.find(UnsafeBufferPointer(rebasing: text[..<sign])) ?? unknown
    }

    @inline(never)
    private static func number(_ text: UnsafeBufferPointer<UInt8>, pinoScale: Bool) -> LevelReading {
        let value = text.count <= 3 ? Int(String(decoding: text, as: UTF8.self)) : nil
        switch (value, pinoScale) {
        case (10, _): return LevelReading(severity: .debug)
        case (20, false), (30, true): return LevelReading(severity: .info)
        case (20, true): return LevelReading(severity: .debug)
        case (30, false), (40, true): return LevelReading(severity: .warning)
        case (40, false), (50, true): return LevelReading(severity: .error)
        case (50, false), (60, true): return LevelReading(severity: .critical)
        default: return unknown
        }
    }

    private static var unknown: LevelReading { LevelReading(isKnown: false) }
}
