public import Logging
internal import LogModel

/// A swift-log handler that hands records to the process's client.
///
/// It is a value: level and metadata set on one logger stay with it. What a record says itself wins over what the
/// metadata provider says, and that over the logger's own metadata.
public struct HantuLogHandler: LogHandler {
    /// The least level that is recorded.
    public var logLevel: Logger.Level = .info
    /// The logger's own metadata.
    public var metadata: Logger.Metadata = [:]
    /// What the running task adds to each record.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let client: Client

    /// A handler of its own client, for who composes handlers (`MultiplexLogHandler`) instead of bootstrapping.
    public init(label: String, service: String, socket: String = HantuLog.defaultSocket) {
        self.init(label: label, client: Client.shared(service: service, socket: socket))
    }

    init(label: String, client: Client) {
        self.label = label
        self.client = client
    }

    /// One value of the logger's own metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Hands a record over; never waits for the daemon, and never fails.
    public func log(event: LogEvent) {
        let line = RecordLine.encode(
            label: label, event: event, provided: metadataProvider?.get(), own: metadata, time: Client.now())
        client.put(line)
        line.recycle()
    }
}
