internal import Glibc
internal import LogModel
internal import Logging

/// A record as the line that goes over the wire (contract section 2; Tests/Fixtures/wire.jsonl).
struct RecordLine: ~Copyable {
    let severity: Severity
    private(set) var bytes: OutputBuffer

    /// Values that are fields of their own in the contract, when they are given as metadata.
    private static var fields: [String] { ["trace_id", "outcome", "notify"] }

    private init(_ severity: Severity, in memory: consuming OutputBuffer) {
        self.severity = severity
        bytes = memory
    }

    /// A record's line; `time` is in microseconds since 1970. `recycle` gives its memory back.
    static func encode(
        label: String, event: LogEvent, provided: Logger.Metadata?, own: Logger.Metadata, time: UInt64
    ) -> RecordLine {
        var line = RecordLine(Severity(event.level), in: EncodingMemory.take())
        line.append(literal: "{\"timestamp\":")
        line.append(time / 1_000_000)
        line.append(literal: ".")
        line.append(time % 1_000_000, digits: 6)
        line.append(literal: ",\"level\":\"")
        line.bytes.append(line.severity.name)
        line.append(label, as: "\",\"logger\":\"")
        line.append(event.file, as: ",\"module\":\"", without: ".swift")
        line.append(event.function, as: ",\"function\":\"")
        line.append(literal: ",\"line\":")
        line.append(UInt64(event.line))
        line.append(event.message.description, as: ",\"message\":\"")
        if line.severity >= .error {
            line.append(newID(time: time).description, as: ",\"id\":\"")
        }
        let given = event.metadata ?? [:]
        let source = namedSource(of: event)
        if given.isEmpty, own.isEmpty, provided?.isEmpty ?? true, source == nil {
            if let trace = TraceID.current { line.append(trace, as: ",\"trace_id\":\"") }
            if let error = event.error { line.append(error) }
        } else {
            let named = source.map { ["source": Logger.MetadataValue.string($0)] }
            line.appendMetadata([given, provided ?? [:], own, named ?? [:]], error: event.error)
        }
        line.append(literal: "}\n")
        return line
    }

    /// The source that a call named itself; without one it is the file's module, which `module` has anyway.
    private static func namedSource(of event: LogEvent) -> String? {
        // swift-log derives it from the file's name, for a third of what all the rest here costs: without one it
        // says at once that there is none.
        var event = event
        event.file = ""
        return event.source == "n/a" ? nil : event.source
    }

    /// Ends the line's life; its memory serves the thread's next one.
    consuming func recycle() { EncodingMemory.keep(bytes) }

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
        var isWhole = true
        for (index, source) in sources.enumerated() {
            for (key, value) in source {
                if Self.fields.contains(key) || (withoutError && key == "error") { continue }
                if sources[..<index].contains(where: { $0[key] != nil }) { continue }
                append(key, as: isOpen ? ",\"" : ",\"context\":{\"")
                isOpen = true
                append(literal: ":")
                isWhole = append(value) && isWhole
            }
        }
        if !isWhole, !sources.contains(where: { $0["not_json"] != nil }) {
            append(literal: ",\"not_json\":true")
        }
        if isOpen { append(literal: "}") }
    }

    /// Appends a value; false when JSON can't carry it, and its description stands there.
    private mutating func append(_ value: Logger.MetadataValue) -> Bool {
        var isWhole = true
        switch value {
        case .string(let text): append(text, as: "\"")
        case .stringConvertible(let value):
            switch JSONKind(of: value) {
            case .literal: bytes.append(text: value.description)
            case .text: append(value.description, as: "\"")
            case nil:
                append(value.description, as: "\"")
                isWhole = false
            }
        case .array(let values):
            append(literal: "[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(literal: ",") }
                isWhole = append(value) && isWhole
            }
            append(literal: "]")
        case .dictionary(let members):
            append(literal: "{")
            for (index, member) in members.enumerated() {
                append(member.key, as: index > 0 ? ",\"" : "\"")
                append(literal: ":")
                isWhole = append(member.value) && isWhole
            }
            append(literal: "}")
        }
        return isWhole
    }

    /// Appends a literal, which would be taken for a `String` otherwise.
    @inline(__always) private mutating func append(literal: StaticString) { bytes.append(literal) }

    /// Appends `prefix`, which opens a JSON string, the text as its content, and the closing quote.
    private mutating func append(_ text: String, as prefix: StaticString, without suffix: StaticString = "") {
        bytes.append(prefix)
        var text = text
        text.withUTF8 { append(content: $0.droppingSuffix(suffix)) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends text as a JSON string's content.
    mutating func append(content text: UnsafeBufferPointer<UInt8>) { JSONText.encode(text, into: &bytes) }

    /// Appends a number with at least so many digits.
    private mutating func append(_ number: UInt64, digits: Int = 1) {
        let longest = 20
        bytes.reserve(longest)
        let tail = bytes.tail
        var first = longest
        var left = number
        while left > 0 || first > longest - digits {
            first -= 1
            let quotient = left / 10
            tail[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: left &- quotient &* 10)
            left = quotient
        }
        tail.update(from: tail + first, count: longest - first)
        bytes.end += longest - first
    }

    private static func newID(time: UInt64) -> EventID {
        var generator = SystemRandomNumberGenerator()
        return EventID(milliseconds: time / 1000, random: (generator.next(), generator.next()))
    }
}

/// What JSON has for a value that only says how it reads.
private enum JSONKind {
    case literal, text

    init?(of value: any CustomStringConvertible) {
        switch value {
        case is Int, is Bool, is UInt, is Int64, is UInt64, is Int32, is UInt32, is UInt8: self = .literal
        case let number as Double where number.isFinite: self = .literal
        case let number as Float where number.isFinite: self = .literal
        case is String, is Substring, is Character: self = .text
        default: return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// All but this ending, if it is there.
    @inline(__always) fileprivate func droppingSuffix(_ suffix: StaticString) -> Self {
        let length = suffix.utf8CodeUnitCount
        guard length > 0, count >= length,
            memcmp(baseAddress! + count - length, suffix.utf8Start, length) == 0
        else {
            return self
        }
        return UnsafeBufferPointer(start: baseAddress, count: count - length)
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
