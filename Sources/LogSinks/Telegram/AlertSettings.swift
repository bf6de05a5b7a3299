package import LogModel

/// What the alerts are told by, as the configuration says.
package struct AlertSettings: Sendable, Equatable {
    package var configuration: AlertsConfiguration
    /// `files.time_zone`.
    package var zone: ZoneRules

    package init(_ configuration: AlertsConfiguration, zone: ZoneRules) {
        self.configuration = configuration
        self.zone = zone
    }

    /// The chats in their order, each once; none where there is no token.
    var chats: [String] {
        guard configuration.isConfigured else { return [] }
        var seen: Set<String> = []
        return configuration.chatIDs.filter { seen.insert($0).inserted }
    }

    /// Milliseconds.
    var cooldown: Int64 { Int64(min(configuration.cooldown.nanoseconds / 1_000_000, 604_800_000)) }

    var format: AlertFormat { AlertFormat(zone: zone) }
}
