package import LogModel

/// One record as journald gets it: fields in order (contract section 5).
package struct JournalEntry: Equatable, Sendable {
    package struct Field: Equatable, Sendable {
        package var name: StaticName
        package var value: String
    }

    /// The fields' names.
    package enum StaticName: String, Sendable {
        case message = "MESSAGE"
        case priority = "PRIORITY"
        case identifier = "SYSLOG_IDENTIFIER"
        case file = "CODE_FILE"
        case function = "CODE_FUNC"
        case line = "CODE_LINE"
        case logger = "LOGGER"
        case traceID = "TRACE_ID"
        case errorType = "ERROR_TYPE"
        case stackTrace = "STACK_TRACE"
        case eventID = "EVENT_ID"
        case objectPID = "OBJECT_PID"
    }

    package private(set) var fields: [Field] = []

    /// The fields that this record has.
    package init(_ record: LogRecord) {
        add(.message, record.message)
        add(.priority, String(record.level.journalPriority))
        add(.identifier, "hantu-" + record.service)
        add(.file, record.module)
        add(.function, record.function)
        add(.line, record.line.map { String($0) })
        add(.logger, record.logger.isEmpty ? nil : record.logger)
        add(.traceID, record.traceID)
        add(.errorType, record.errorType)
        add(.stackTrace, record.stackTrace)
        add(.eventID, record.id?.description)
        add(.objectPID, record.pid.map { String($0) })
    }

    /// What can't be decoded, as it is.
    package init(undecodable payload: some Collection<UInt8>, severity: Severity) {
        add(.message, String(decoding: payload, as: UTF8.self))
        add(.priority, String(severity.journalPriority))
        add(.identifier, "hantu-logd")
    }

    package subscript(_ name: StaticName) -> String? { fields.first { $0.name == name }?.value }

    private mutating func add(_ name: StaticName, _ value: String?) {
        if let value { fields.append(Field(name: name, value: value)) }
    }
}

extension Severity {
    /// syslog's priority, as journald and the prefixes of sd-daemon(3) have it.
    package var journalPriority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }
}
