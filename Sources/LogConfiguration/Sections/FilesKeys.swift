import LogSinks

extension ConfigurationSchema {
    static let filesSection = Section(
        name: "files", documentation: "The daily text and error files.",
        keys: [
            ConfigurationKey(
                "files.directory", \.files.directory, .path,
                "Holds info/info_YYYYMMDD.log and errors/error_YYYYMMDD.json.", change: .restart),
            ConfigurationKey(
                "files.time_zone", \.files.timeZone,
                .optional(.timeZone, none: "", ", or \"\" for the system's"),
                "The zone of all local times, of the days and of naive timestamps.", change: .restart),
            ConfigurationKey(
                "files.minimum_level", \.files.minimumLevel, .severity,
                "Least level of the text files.", change: .live),
            ConfigurationKey(
                "files.errors_minimum_level", \.files.errorsMinimumLevel, .severity,
                "Least level of the error files.", change: .live),
            ConfigurationKey(
                "files.emoji", \.files.emoji, .boolean,
                "Whether text lines carry ✅, ⭕ and ❌.", change: .live),
            ConfigurationKey(
                "files.retention.days", \.files.retention.days, .integer(1...36500),
                "Days kept, today among them.", change: .live),
            ConfigurationKey(
                "files.retention.compress", \.files.retention.compress, .choice,
                "How the files of closed days are compressed.", change: .live),
            ConfigurationKey(
                "files.retention.maximum_bytes", \.files.retention.maximumBytes, .bytes(0...Int.max),
                "Bytes of both kinds together; the oldest day goes first, 0 is no limit.", change: .live),
        ])
}
