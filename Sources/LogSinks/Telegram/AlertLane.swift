/// One chat: its policy, the way to it, and what is wrong with it.
struct AlertLane: Sendable {
    var gate: AlertGate
    var connection: any BotConnection
    /// Tells a lane from an earlier one of the same chat, whose answers may still come.
    let number: Int
    var problem: String?
    /// The refusal that was told last.
    var toldRefusal: String?

    /// Takes over what an answer says; while nothing answers, what was wrong first.
    mutating func note(_ answer: TelegramAnswer) {
        if case .unavailable = answer, isUnreachable { return }
        problem = answer.problem
        if case .unavailable = answer { isUnreachable = true } else { isUnreachable = false }
    }

    private var isUnreachable = false

    init(gate: AlertGate, connection: any BotConnection, number: Int) {
        self.gate = gate
        self.connection = connection
        self.number = number
    }
}
