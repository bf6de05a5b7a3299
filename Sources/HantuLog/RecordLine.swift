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
        bytes.append("{\"timestamp\":")
        appendSeconds(time)
        bytes.append(",\"level\":\"")
        bytes.append(severity.name)
        bytes.append("\"")
        append(label, as: ",\"logger\":\"")
        let file = event.file.hasSuffix(".swift") ? event.file.dropLast(6) : event.file[...]
        append(String(file), as: ",\"module\":\"")
        append(event.function, as: ",\"function\":\"")
        bytes.append(",\"line\":")
        bytes.append(String(event.line))
        append(event.message.description, as: ",\"message\":\"")
        if severity >= .error {
            append(Self.newID(time: time).description, as: ",\"id\":\"")
        }
        let given = event.metadata ?? [:]
        let sources = [given, provided, own]
        appendFields(sources)
        let error = event.error ?? sources.lazy.compactMap { $0["error"]?.error }.first
        if let error {
            append(String(describing: type(of: error)), as: ",\"error_type\":\"")
            append(String(reflecting: error), as: ",\"stack_trace\":\"")
        }
        appendContext(sources, withoutError: sources.contains { $0["error"]?.error != nil })
        bytes.append("}\n")
    }

    private mutating func appendFields(_ sources: [Logger.Metadata]) {
        for name in Self.fields {
            let found = sources.lazy.compactMap { $0[name] }.first.map { "\($0)" }
            guard let value = found ?? (name == "trace_id" ? TraceID.current : nil) else { continue }
            bytes.append(",\"")
            bytes.append(name)
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
                bytes.append(":")
                append(value)
            }
        }
        if isOpen { bytes.append("}") }
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text, as: "\"")
        case .stringConvertible(let value): append(value.description, as: "\"")
        case .array(let values):
            bytes.append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(",") }
                append(value)
            }
            bytes.append("]")
        case .dictionary(let members):
            bytes.append("{")
            for (index, member) in members.enumerated() {
                append(member.key, as: index > 0 ? ",\"" : "\"")
                bytes.append(":")
                append(member.value)
            }
            bytes.append("}")
        }
    }

    /// Appends `prefix`, which opens a JSON string, the text as its content, and the closing quote.
    private mutating func append(_ text: String, as prefix: StaticString) {
        bytes.append(prefix)
        var text = text
        text.withUTF8 { JSONText.encode($0, into: &bytes) }
        bytes.append("\"")
    }

    private mutating func appendSeconds(_ microseconds: UInt64) {
        bytes.append(String(microseconds / 1_000_000))
        bytes.append(".")
        var unit: UInt64 = 100_000
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(microseconds / unit % 10))
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
