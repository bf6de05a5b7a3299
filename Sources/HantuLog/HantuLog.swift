import Glibc
public import Logging

/// swift-log, delivered by hantu-logd (docs/clients.md).
public enum HantuLog {
    /// Where the daemon listens unless something else is said.
    public static let defaultSocket = "/run/hantu-logd/log.sock"

    /// Sends everything that is logged in this process to hantu-logd.
    ///
    /// - Parameters:
    ///   - service: who this is, for files, alerts and `hantu logs`.
    ///   - socket: the daemon's socket; `HANTU_LOG_SOCKET` or `defaultSocket` without one.
    ///   - level: the least level of every logger, until one is set on it.
    ///   - metadataProvider: what else each record's context gets from the running task.
    public static func bootstrap(
        service: String, socket: String? = nil, level: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        let client = Client(service: service, socket: socket ?? environmentSocket() ?? defaultSocket)
        Client.watchProcess(for: client)
        LoggingSystem.bootstrap(
            { label, provider in
                var handler = HantuLogHandler(label: label, client: client)
                handler.metadataProvider = provider
                handler.logLevel = level
                return handler
            }, metadataProvider: metadataProvider)
    }

    private static func environmentSocket() -> String? {
        getenv("HANTU_LOG_SOCKET").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
