/// One chat: its policy, the way to it, and what is wrong with it.
struct AlertLane: Sendable {
    var gate: AlertGate
    var connection: any BotConnection
    /// Tells a lane from an earlier one of the same chat, whose answers may still come.
    let number: Int
    var problem: String?
    /// The refusal that was told last.
    var toldRefusal: String?
}
