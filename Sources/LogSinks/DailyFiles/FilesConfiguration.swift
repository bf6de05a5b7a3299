package import LogModel

/// Where the daily files lie and what goes into them (contract section 9, `files`).
package struct FilesConfiguration: Sendable, Equatable {
    package var directory = "/var/log/hantu"
    /// An IANA name such as `Asia/Seoul`; nil is the system's zone.
    package var timeZone: String?
    /// Least severity of the text files.
    package var minimumLevel = Severity.debug
    /// Least severity of the error files.
    package var errorsMinimumLevel = Severity.error
    /// Whether text lines carry their mark (contract section 5).
    package var emoji = true
    package var retention = RetentionConfiguration()

    package init() {}
}

/// How long daily files stay (contract section 8).
package struct RetentionConfiguration: Sendable, Equatable {
    package enum Compression: String, Sendable, CaseIterable {
        case none, gzip, zstd
    }

    /// Days kept, today among them; at least 1.
    package var days = 3
    /// What closed days are compressed with.
    package var compress = Compression.none
    /// Bytes of both kinds together, the oldest day first; 0 is no limit.
    package var maximumBytes = 0

    package init() {}
}
