import Glibc
import LogModel

/// A record's time, resolved into the zone of the files.
struct RecordTime {
    /// Seconds that a clock on the wall counts, and its offset from UTC.
    var localSeconds: Int64
    var offset: Int32
    /// Where in the line the text of date and time stands that can be used as it is; -1 where there is none.
    var textStart = -1
    /// Where in the line the digits of the fraction stand; -1 where `time` has them.
    var fractionStart = -1
    var fractionEnd = -1
    var time: Timestamp

    var dayNumber: Int { Int(localSeconds.flooredDivision(by: 86400)) }
}

/// Resolves timestamps, remembering the stretch of constant offset that it met last.
struct TimeReader {
    let zone: ZoneRules
    private var span: ZoneRules.Span
    private var shape = TimeShape()

    init(zone: ZoneRules) {
        self.zone = zone
        span = zone.span(at: 0)
    }

    @inline(__always)
    mutating func offset(at instant: Int64) -> Int32 {
        if !span.contains(instant) { span = zone.span(at: instant) }
        return span.offset
    }

    /// The time of receipt, or another one that no line says.
    mutating func resolve(_ time: Timestamp) -> RecordTime {
        let offset = offset(at: time.seconds)
        return RecordTime(localSeconds: time.seconds + Int64(offset), offset: offset, time: time)
    }

    /// The time that a line's field says, or nil where it can't be taken.
    @inline(__always)
    mutating func read(_ slot: FieldSlot, in line: UnsafeBufferPointer<UInt8>) -> RecordTime? {
        let text = UnsafeBufferPointer(rebasing: line[Int(slot.start)..<Int(slot.end)])
        switch slot.kind {
        case .plainString:
            guard let written = shape.read(text) ?? shape.learn(text) else { return nil }
            return resolve(written, textStart: Int(slot.start), in: text)
        case .number: return number(text).map { resolve($0) }
        default: return nil
        }
    }

    @inline(__always)
    private mutating func resolve(
        _ written: WrittenTime, textStart: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> RecordTime {
        let local = written.localSeconds
        let instant: Int64
        if let given = written.offset {
            instant = local - Int64(given)
        } else if span.contains(local - Int64(span.offset) - 86400),
            span.contains(local - Int64(span.offset) + 86400)
        {
            instant = local - Int64(span.offset)
        } else {
            instant = zone.instant(ofLocal: local)
        }
        let offset = offset(at: instant)
        var result = RecordTime(
            localSeconds: instant + Int64(offset), offset: offset, time: Timestamp(seconds: instant))
        // The text can be copied where it says the local time itself; a leap second's can't.
        if result.localSeconds == local, text[17] != UInt8(ascii: "6") { result.textStart = textStart }
        if written.fractionEnd > written.fractionStart {
            result.fractionStart = textStart + written.fractionStart
            result.fractionEnd = textStart + written.fractionEnd
        }
        return result
    }

    /// Unix time as a number: its size says its unit (contract section 2).
    @inline(never)
    private func number(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        let negative = text.first == UInt8(ascii: "-")
        var integer: UInt64 = 0
        var position = negative ? 1 : 0
        while position < text.count, text[position] &- 0x30 < 10 {
            guard position < 20 else { return nil }
            let (product, overflow) = integer.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(text[position] - 0x30))
            guard !overflow, !carry else { return nil }
            integer = sum
            position += 1
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") || exponent(in: text) {
            return scientific(text)
        }
        let unitDigits: Int
        switch integer {
        case ..<100_000_000_000: unitDigits = 0
        case ..<100_000_000_000_000: unitDigits = 3
        case ..<100_000_000_000_000_000: unitDigits = 6
        default: unitDigits = 9
        }
        var scale: UInt64 = 1
        for _ in 0..<unitDigits { scale *= 10 }
        var seconds = Int64(integer / scale)
        var fraction = integer % scale
        var precision = unitDigits
        if position < text.count {
            for digit in text[(position + 1)...] where precision < 9 {
                fraction = fraction * 10 + UInt64(digit - 0x30)
                precision += 1
            }
        }
        for _ in precision..<9 { fraction *= 10 }
        if negative {
            seconds = fraction == 0 ? -seconds : -seconds - 1
            fraction = fraction == 0 ? 0 : 1_000_000_000 - fraction
        }
        return checked(
            Timestamp(seconds: seconds, nanoseconds: UInt32(fraction), precision: UInt8(precision)))
    }

    private func exponent(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { $0 | 0x20 == UInt8(ascii: "e") }
    }

    private func scientific(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        let magnitude = abs(value)
        let seconds =
            magnitude < 1e11
            ? value : magnitude < 1e14 ? value / 1e3 : magnitude < 1e17 ? value / 1e6 : value / 1e9
        guard abs(seconds) < 1e12 else { return nil }
        let whole = seconds.rounded(.down)
        let micros = min(UInt32(((seconds - whole) * 1e6).rounded()), 999_999)
        return checked(Timestamp(seconds: Int64(whole), nanoseconds: micros * 1000, precision: 6))
    }

    /// Years beyond four digits can't be written in RFC 3339.
    private func checked(_ time: Timestamp) -> Timestamp? {
        (-62_135_596_800 + 86400..<253_402_300_800 - 86400).contains(time.seconds) ? time : nil
    }
}
