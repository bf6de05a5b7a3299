internal import Glibc
internal import LogModel
internal import Logging

/// A record as the line that goes over the wire (contract section 2; Tests/Fixtures/wire.jsonl).
struct RecordLine: ~Copyable {
    let severity: Severity
    private(set) var bytes: OutputBuffer

    /// Values that are fields of their own in the contract, when they are given as metadata.
    private static var fields: [String] { ["trace_id", "outcome", "notify"] }

    /// `time` is in microseconds since 1970.
    init(
        label: String, event: LogEvent, provided: Logger.Metadata, own: Logger.Metadata, time: UInt64
    ) {
        severity = Severity(event.level)
        bytes = OutputBuffer(capacity: 320)
        append(literal: "{\"timestamp\":")
        append(time / 1_000_000)
        append(literal: ".")
        append(time % 1_000_000, digits: 6)
        append(literal: ",\"level\":\"")
        bytes.append(severity.name)
        append(label, as: "\",\"logger\":\"")
        append(event.file, as: ",\"module\":\"", without: ".swift")
        append(event.function, as: ",\"function\":\"")
        append(literal: ",\"line\":")
        append(UInt64(event.line))
        append(event.message.description, as: ",\"message\":\"")
        if severity >= .error {
            append(Self.newID(time: time).description, as: ",\"id\":\"")
        }
        let given = event.metadata ?? [:]
        if given.isEmpty, provided.isEmpty, own.isEmpty {
            if let trace = TraceID.current { append(trace, as: ",\"trace_id\":\"") }
            if let error = event.error { append(error) }
        } else {
            appendMetadata([given, provided, own], error: event.error)
        }
        append(literal: "}\n")
    }

    private mutating func appendMetadata(_ sources: [Logger.Metadata], error: (any Error)?) {
        appendFields(sources)
        let given = sources.lazy.compactMap { $0["error"]?.error }.first
        if let error = error ?? given { append(error) }
        appendContext(sources, withoutError: given != nil)
    }

    private mutating func append(_ error: any Error) {
        append(String(describing: type(of: error)), as: ",\"error_type\":\"")
        append(String(reflecting: error), as: ",\"stack_trace\":\"")
    }

    private mutating func appendFields(_ sources: [Logger.Metadata]) {
        for name in Self.fields {
            let found = sources.lazy.compactMap { $0[name] }.first.map { "\($0)" }
            guard let value = found ?? (name == "trace_id" ? TraceID.current : nil) else { continue }
            append(literal: ",\"")
            bytes.append(text: name)
            append(value, as: "\":\"")
        }
    }

    private mutating func appendContext(_ sources: [Logger.Metadata], withoutError: Bool) {
        var isOpen = false
        for (index, source) in sources.enumerated() {
            for (key, value) in source {
                if Self.fields.contains(key) || (withoutError && key == "error") { continue }
                if sources[..<index].contains(where: { $0[key] != nil }) { continue }
                append(key, as: isOpen ? ",\"" : ",\"context\":{\"")
                isOpen = true
                append(literal: ":")
                append(value)
            }
        }
        if isOpen { append(literal: "}") }
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text, as: "\"")
        case .stringConvertible(let value): append(value.description, as: "\"")
        case .array(let values):
            append(literal: "[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(literal: ",") }
                append(value)
            }
            append(literal: "]")
        case .dictionary(let members):
            append(literal: "{")
            for (index, member) in members.enumerated() {
                append(member.key, as: index > 0 ? ",\"" : "\"")
                append(literal: ":")
                append(member.value)
            }
            append(literal: "}")
        }
    }

    /// Appends a literal, which would be taken for a `String` otherwise.
    private mutating func append(literal: StaticString) { bytes.append(literal) }

    /// Appends `prefix`, which opens a JSON string, the text without `suffix` as its content, and the closing quote.
    private mutating func append(
        _ text: String, as prefix: StaticString, without suffix: StaticString = ""
    ) {
        bytes.append(prefix)
        var text = text
        text.withUTF8 { utf8 in
            let count = suffix.utf8CodeUnitCount
            let hasSuffix =
                utf8.count >= count && count > 0
                && memcmp(utf8.baseAddress! + utf8.count - count, suffix.utf8Start, count) == 0
            JSONText.encode(
                hasSuffix ? UnsafeBufferPointer(rebasing: utf8.dropLast(count)) : utf8, into: &bytes)
        }
        append(literal: "\"")
    }

    /// Appends a number with at least so many digits.
    private mutating func append(_ number: UInt64, digits: Int = 1) {
        var unit: UInt64 = 1
        var left = digits - 1
        while left > 0 || number / unit >= 10 {
            unit *= 10
            left -= 1
        }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
    }

    private static func newID(time: UInt64) -> EventID {
        var generator = SystemRandomNumberGenerator()
        return EventID(milliseconds: time / 1000, random: (generator.next(), generator.next()))
    }
}

extension Logger.MetadataValue {
    /// An error that was given as it is, rather than as text.
    fileprivate var error: (any Error)? {
        if case .stringConvertible(let value) = self { return value as? any Error }
        return nil
    }
}

extension Severity {
    init(_ level: Logger.Level) {
        switch level {
        case .trace, .debug: self = .debug
        case .info, .notice: self = .info
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
