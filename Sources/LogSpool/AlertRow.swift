/// One thing that the alerts' policy remembers of one chat, as it lies in the spool.
package struct AlertRow: Sendable, Equatable {
    package var chat: String
    package var name: String
    /// nil deletes the row.
    package var state: String?

    package init(chat: String, name: String, state: String?) {
        self.chat = chat
        self.name = name
        self.state = state
    }
}
