package import LogModel

/// What is told over Telegram, and to whom (contract section 9, `alerts`).
package struct AlertsConfiguration: Sendable, Equatable {
    package var cooldown = Duration.seconds(300)
    package var minimumLevel = Severity.error
    /// Whether the daemon's start and stop are told.
    package var notices = false
    /// Secret.
    package var token = ""
    package var tokenFile = ""
    package var chatIDs: [String] = []
    package var apiURL = "https://api.telegram.org"

    package init() {}

    /// Whether anybody can be told anything.
    package var isConfigured: Bool { !token.isEmpty && !chatIDs.isEmpty }
}
