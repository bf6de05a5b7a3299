/// What happens on the way to Telegram, for the state and the daemon's own log.
package enum AlertEvent: Sendable, Equatable {
    /// Some chats can't be reached, with what is wrong; told when that changes.
    case failing(reason: String)
    /// All of them take messages again.
    case recovered
    /// Telegram refused a message, once for each reason in a row; it doesn't go again.
    case refused(chat: String, reason: String)
    /// A group has become a supergroup, and is told there.
    case moved(chat: String, to: String)
    /// A chat isn't told any more; so many records it will not hear of.
    case forgotten(chat: String, records: Int)
    /// The spool could not be read or written; what is known stays in memory, and is told all the same.
    case spoolFailed(reason: String)
    /// What was kept in memory is in the spool again.
    case spoolRecovered
    /// Records whose bytes are no record; they are parked.
    case undecodable(records: Int)
}

/// How the alerts stand.
package struct AlertStatus: Sendable, Equatable {
    package struct Chat: Sendable, Equatable {
        package var chat: String
        package var counts: AlertCounts
        /// Records that it will be told of.
        package var outstanding: Int
        /// What is wrong, where something is.
        package var problem: String?
    }

    package var chats: [Chat]
    /// Records in the spool that the policy hasn't taken yet.
    package var waiting: Int

    package init(chats: [Chat] = [], waiting: Int = 0) {
        self.chats = chats
        self.waiting = waiting
    }
}

/// What became of a test message in one chat.
package struct AlertTestResult: Sendable, Equatable {
    package var chat: String
    package var succeeded: Bool
    /// What Telegram answered, in Korean.
    package var text: String
}
