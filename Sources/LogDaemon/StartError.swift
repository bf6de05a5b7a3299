package import LogConfiguration
package import LogPipeline
package import LogSpool

/// Why the daemon didn't start.
package enum StartError: Error, CustomStringConvertible {
    case socket(ListeningSocketError)
    case zone(ZoneUnavailable)
    case masking(MaskingError)
    case spool(SpoolError)

    package var description: String {
        switch self {
        case .socket(let error): "\(error)"
        case .zone(let error): "\(error)"
        case .masking(let error): "masking.patterns: \(error)"
        case .spool(let error): "\(error)"
        }
    }

    /// The process's exit code: 78 where the configuration is to blame, else 1 (contract section 10).
    package var exitCode: Int32 {
        switch self {
        case .socket(.notASocket), .socket(.pathTooLong), .socket(.unknownGroup), .zone, .masking: 78
        case .socket, .spool: 1
        }
    }
}
