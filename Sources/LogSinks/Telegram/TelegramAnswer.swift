/// What became of one request to the Bot API.
package enum TelegramAnswer: Sendable, Equatable {
    /// What a refusal is about.
    package enum Scope: Sendable, Equatable {
        /// This message: another one may be taken.
        case message
        /// The chat: nothing goes there until somebody does something about it.
        case chat
        /// The bot's token.
        case token
    }

    case accepted(messageID: String)
    /// Too many messages: nothing for this long.
    case tooMany(milliseconds: Int64)
    /// The group has become a supergroup with this id.
    case moved(to: String)
    /// Telegram says no, and would say it again.
    case refused(Scope, reason: String)
    /// No answer, or one that says nothing about the message: later again.
    case unavailable(reason: String)

    init(_ reply: Result<HTTPResponse, BotUnreachable>) {
        switch reply {
        case .success(let response): self = BotAPI.classify(response)
        case .failure(let unreachable): self = .unavailable(reason: unreachable.reason)
        }
    }

    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }
}
