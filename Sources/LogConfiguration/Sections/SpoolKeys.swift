import LogSpool

extension ConfigurationSchema {
    static let spoolSection = Section(
        name: "spool", documentation: "The durable queue in front of the error store and Telegram.",
        keys: [
            ConfigurationKey(
                "spool.directory", \.spool.directory, .path,
                "Holds spool.db with its files, the reserve, and errors.db where no store.url is set.",
                change: .restart),
            ConfigurationKey(
                "spool.maximum_bytes", \.spool.maximumBytes, .bytes(1_048_576...Int.max),
                "Bytes of records it holds at most; the oldest of the lowest level go first.",
                change: .restart),
            ConfigurationKey(
                "spool.reserve_bytes", \.spool.reserveBytes, .bytes(0...Int.max),
                "Bytes set aside that are given up first when the disk is full.", change: .restart),
        ])
}
