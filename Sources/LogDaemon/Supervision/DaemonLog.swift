import Glibc
import LogModel
import Logging

/// What the daemon says about itself: one line each on stderr, with the prefix that tells journald the severity.
struct DaemonLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let priority =
            switch event.level {
            case .critical: 2
            case .error: 3
            case .warning: 4
            case .notice: 5
            case .info: 6
            case .debug, .trace: 7
            }
        let extra = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = extra.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        StandardError.write(line: "\(event.message)\(details)", priority: priority)
    }
}

/// Whole lines on stderr, which journald reads; nothing in them can begin another line.
enum StandardError {
    static func write(line: String, priority: Int) {
        var text = OutputBuffer()
        text.append(text: line)
        write(line: text.bytes, priority: priority)
    }

    static func write(line: UnsafeBufferPointer<UInt8>, priority: Int) {
        var out = OutputBuffer(capacity: line.count + 8)
        out.append(text: "<\(priority)>")
        for byte in line { out.append(byte == 0x0A ? 0x20 : byte) }
        out.append(UInt8(ascii: "\n"))
        writeAll(out.bytes)
    }

    /// A line that has its prefix and its newline.
    static func write(prefixed line: String) {
        var out = OutputBuffer()
        out.append(text: line)
        writeAll(out.bytes)
    }

    private static func writeAll(_ out: UnsafeBufferPointer<UInt8>) {
        var written = 0
        while written < out.count {
            let count = Glibc.write(STDERR_FILENO, out.baseAddress! + written, out.count - written)
            if count < 0, errno == EINTR { continue }
            // Nobody is left to be told that stderr doesn't work.
            guard count > 0 else { return }
            written += count
        }
    }
}
