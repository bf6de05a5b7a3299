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

    /// `secret` is kept out of every text, whoever wrote it.
    init(_ reply: Result<HTTPResponse, BotUnreachable>, secret: String) {
        switch reply {
        case .success(let response): self = BotAPI.classify(response)
        case .failure(let unreachable): self = .unavailable(reason: unreachable.reason)
        }
        switch self {
        case .refused(let scope, let reason):
            self = .refused(scope, reason: BotAPI.withoutSecret(reason, secret))
        case .unavailable(let reason): self = .unavailable(reason: BotAPI.withoutSecret(reason, secret))
        case .accepted, .tooMany, .moved: break
        }
    }

    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }
}
