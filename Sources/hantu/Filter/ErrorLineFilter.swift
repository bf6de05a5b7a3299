import CVectorScan
import LogModel

/// Holds lines of an error file against a query, and makes strings of as little as it can.
struct ErrorLineFilter: ~Copyable {
    let query: RecordQuery
    private let zone: ZoneRules
    private let scanner = LineScanner()
    private var fields = LineFields()
    /// What every line holds one of in which the searched texts may be, however they are written.
    let needles: [[UInt8]]?

    init(query: RecordQuery, zone: ZoneRules) {
        self.query = query
        self.zone = zone
        needles = query.pattern?.required.flatMap(ErrorLineFilter.needles)
    }

    /// Each text as it is and as JSON writes it in a string, and what the other ways of writing one begin with; nil
    /// where a text has a control character, which has several.
    private static func needles(of texts: [[UInt8]]) -> [[UInt8]]? {
        guard texts.joined().allSatisfy({ $0 >= 0x20 }) else { return nil }
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        let escaped = texts.map { $0.flatMap { $0 == quote || $0 == backslash ? [backslash, $0] : [$0] } }
        var needles = texts + escaped.filter { !texts.contains($0) } + [Array("\\u".utf8)]
        if texts.joined().contains(UInt8(ascii: "/")) { needles.append(Array("\\/".utf8)) }
        return needles
    }

    /// `OutputBuffer.slack` bytes behind the line must be readable.
    mutating func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict {
        if let needles, !needles.contains(where: line.has) { return .unwanted }
        guard scanner.scan(line, into: &fields) == nil else { return .broken }
        if let least = query.minimumLevel, (level(in: line) ?? .info) < least { return .unwanted }
        if let service = query.service {
            guard fields.has(.service), WireReader(line: line).text(fields[.service]) == service
            else { return .unwanted }
        }
        if let since = query.since {
            guard let time = time(in: line), time >= since else { return .unwanted }
        }
        if let pattern = query.pattern, !occurs(pattern, in: line) { return .unwanted }
        return .wanted
    }

    /// The record of a line that is no broken one, with naive times taken in the zone.
    mutating func record(_ line: UnsafeBufferPointer<UInt8>) -> LogRecord? {
        guard scanner.scan(line, into: &fields) == nil else { return nil }
        guard var record = LogRecord(wire: line) else { return nil }
        if let time = time(in: line) { record.timestamp = time }
        return record
    }

    private func level(in line: UnsafeBufferPointer<UInt8>) -> Severity? {
        guard fields.has(.level) else { return nil }
        return Severity(letters: WireReader(line: line).raw(fields[.level]))
    }

    private func time(in line: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard fields.has(.timestamp) else { return nil }
        let text = WireReader(line: line).raw(fields[.timestamp])
        return DateTimeText(text)?.timestamp(in: text, zone: zone)
    }

    private static let searched: [Field] = [
        .message, .stackTrace, .errorType, .logger, .module, .function, .service, .traceID, .context, .level,
    ]

    private func occurs(_ pattern: SearchPattern, in line: UnsafeBufferPointer<UInt8>) -> Bool {
        let reader = WireReader(line: line)
        return ErrorLineFilter.searched.contains { field in
            guard fields.has(field) else { return false }
            let slot = fields[field]
            if slot.kind != .escapedString { return pattern.occurs(in: reader.raw(slot)) }
            var text = reader.text(slot) ?? ""
            return text.withUTF8 { pattern.occurs(in: $0) }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these bytes occur in it.
    func has(_ bytes: [UInt8]) -> Bool {
        guard let baseAddress else { return bytes.isEmpty }
        return cvs_find(baseAddress, count, bytes, bytes.count) >= 0
    }
}

extension Severity {
    /// The severity of this name in any case, without making a string of it.
    init?(letters: UnsafeBufferPointer<UInt8>) {
        guard
            let match = Severity.allCases.first(where: { severity in
                let name = UnsafeBufferPointer(
                    start: severity.name.utf8Start, count: severity.name.utf8CodeUnitCount)
                return name.count == letters.count && zip(name, letters).allSatisfy { $0 == $1 & ~0x20 }
            })
        else { return nil }
        self = match
    }
}
