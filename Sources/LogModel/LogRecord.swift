/// One record with everything decoded: what the slow side works on (error store, alerts, command line).
///
/// The hot path never makes one; it works on the bytes of the line.
package struct LogRecord: Sendable, Equatable {
    package var timestamp: Timestamp
    package var level: Severity
    package var service: String
    package var logger: String
    package var module: String?
    package var function: String?
    package var line: Int?
    package var message: String
    package var traceID: String?
    package var errorType: String?
    package var stackTrace: String?
    /// The JSON text of an object, as it was given but for masking; numbers keep their digits.
    package var context: String?
    package var id: EventID?
    package var fingerprint: String?
    package var host: String?
    package var pid: Int32?
    /// `outcome: success`.
    package var succeeded: Bool
    package var notify: Notice?

    package init(
        timestamp: Timestamp, level: Severity = .info, service: String = "", logger: String = "",
        module: String? = nil, function: String? = nil, line: Int? = nil, message: String = "",
        traceID: String? = nil, errorType: String? = nil, stackTrace: String? = nil, context: String? = nil,
        id: EventID? = nil, fingerprint: String? = nil, host: String? = nil, pid: Int32? = nil,
        succeeded: Bool = false, notify: Notice? = nil
    ) {
        self.timestamp = timestamp
        self.level = level
        self.service = service
        self.logger = logger
        self.module = module
        self.function = function
        self.line = line
        self.message = message
        self.traceID = traceID
        self.errorType = errorType
        self.stackTrace = stackTrace
        self.context = context
        self.id = id
        self.fingerprint = fingerprint
        self.host = host
        self.pid = pid
        self.succeeded = succeeded
        self.notify = notify
    }
}

/// A record that asks for a Telegram message whatever its level (contract section 2, `notify`).
package enum Notice: String, Sendable, CaseIterable {
    case success, warning, report
}
