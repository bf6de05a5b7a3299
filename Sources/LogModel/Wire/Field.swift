/// The fields of a record that mean something (contract section 2); all others are context.
public enum Field: UInt8, CaseIterable, Sendable {
    case timestamp, level, service, logger, module, function, line, message
    case traceID, errorType, stackTrace, context, id, pid, outcome, notify

    /// The names it goes by, the contract's own first; where a line has several, the first in this list wins.
    var names: [StaticString] {
        switch self {
        case .timestamp: ["timestamp", "time", "ts", "@timestamp"]
        case .level: ["level", "severity", "levelname", "lvl", "log.level"]
        case .service: ["service"]
        case .logger: ["logger", "name", "logger_name"]
        case .module: ["module"]
        case .function: ["function", "func", "funcName"]
        case .line: ["line", "lineno"]
        case .message: ["message", "msg", "event"]
        case .traceID: ["trace_id"]
        case .errorType: ["error_type", "exc_type"]
        case .stackTrace: ["stack_trace", "exception", "exc_info", "traceback", "stack"]
        case .context: ["context", "extra"]
        case .id: ["id"]
        case .pid: ["pid"]
        case .outcome: ["outcome"]
        case .notify: ["notify"]
        }
    }
}
