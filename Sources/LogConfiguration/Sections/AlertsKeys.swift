import LogSinks

extension ConfigurationSchema {
    static let alertsSection = Section(
        name: "alerts", documentation: "Telegram.",
        keys: [
            ConfigurationKey(
                "alerts.cooldown", \.alerts.cooldown, .duration(.zero ... .seconds(604_800)),
                "How long the same error is only counted after it was told.", change: .live),
            ConfigurationKey(
                "alerts.minimum_level", \.alerts.minimumLevel, .severity,
                "Least level that is told.", change: .live),
            ConfigurationKey(
                "alerts.notices", \.alerts.notices, .boolean,
                "Whether the daemon's own start and stop are told.", change: .live),
            ConfigurationKey(
                "alerts.telegram.token", \.alerts.token, .word("a bot's token"),
                "The bot's token; better kept in token_file or a credential.", change: .live,
                secrecy: .whole),
            ConfigurationKey(
                "alerts.telegram.token_file", \.alerts.tokenFile, .optionalPath,
                "A file that holds the token, read where token is empty.", change: .live),
            ConfigurationKey(
                "alerts.telegram.chat_ids", \.alerts.chatIDs, .list(of: .text("a chat's number or @name")),
                "The chats that are told.", change: .live),
            ConfigurationKey(
                "alerts.telegram.api_url", \.alerts.apiURL, .webURL,
                "Telegram's Bot API, or a server that stands in for it.", change: .live,
                secrecy: .urlPassword),
        ])
}
