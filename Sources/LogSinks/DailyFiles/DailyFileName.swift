package import LogModel

/// The name of a daily file: kind and day, and what it is compressed with (contract sections 5 and 8).
package struct DailyFileName: Hashable, Sendable {
    package var kind: DailyFileKind
    package var day: CivilDate
    package var compression: RetentionConfiguration.Compression

    package init(kind: DailyFileKind, day: CivilDate, compression: RetentionConfiguration.Compression = .none)
    {
        self.kind = kind
        self.day = day
        self.compression = compression
    }

    /// Reads a name of exactly the daemon's own pattern, `info_20260201.log.gz` for example; nil for all others.
    package init?(_ text: some StringProtocol, kind: DailyFileKind) {
        for compression in RetentionConfiguration.Compression.allCases {
            guard text.hasPrefix(kind.prefix), text.hasSuffix(kind.suffix + compression.suffix) else {
                continue
            }
            let digits = text.dropFirst(kind.prefix.utf8.count).prefix(8)
            guard let day = CivilDate(compact: digits) else { continue }
            self.init(kind: kind, day: day, compression: compression)
            // Whatever else could look alike is not ours.
            if self.text == text { return }
        }
        return nil
    }

    /// Without the directory.
    package var text: String { kind.prefix + day.compact + kind.suffix + compression.suffix }

    /// Below `files.directory`.
    package var path: String { kind.directory + "/" + text }
}

extension DailyFileKind {
    /// The directory below `files.directory`.
    package var directory: String {
        switch self {
        case .text: "info"
        case .errors: "errors"
        }
    }

    fileprivate var prefix: String {
        switch self {
        case .text: "info_"
        case .errors: "error_"
        }
    }

    fileprivate var suffix: String {
        switch self {
        case .text: ".log"
        case .errors: ".json"
        }
    }
}

extension RetentionConfiguration.Compression {
    fileprivate var suffix: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .zstd: ".zst"
        }
    }
}
