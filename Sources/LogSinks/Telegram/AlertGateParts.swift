internal import LogModel

/// One message on its way to one chat.
package struct AlertMessage: Equatable, Sendable {
    package var text: String
    /// How many records it tells of.
    package var count: Int
    /// Whether it holds that number as `N건`.
    package var isSummary: Bool
    package var kind: AlertKind
}

/// A message that waits for its turn.
struct WaitingAlert: Equatable, Sendable {
    /// Its place in the order of arrival.
    var number: Int
    var key: String
    var kind: AlertKind
    var isCritical: Bool
    var count: Int
    var sample: AlertSample
    var text: String
    var isSummary = false
}

/// A fingerprint that was told, and what came since.
struct AlertCooldown: Equatable, Sendable {
    var kind: AlertKind
    var until: Int64
    /// What it was when it began, in milliseconds.
    var length: Int64
    var held = 0
    /// Of what is held.
    var sample: AlertSample

    /// Counts a record of this Unix time.
    mutating func hold(_ time: Int64) {
        if held == 0 {
            sample.first = time
            sample.last = time
        } else {
            sample.extend(to: time)
        }
        held += 1
    }
}

/// What a chat was told since the start, in records but for `messages`, `retries` and `refusals`.
package struct AlertCounts: Equatable, Sendable {
    package var taken = 0
    /// Told one by one.
    package var alone = 0
    /// Told as one of a summary's number.
    package var summarised = 0
    /// Held back by a cooldown; each is summarised later.
    package var held = 0
    /// Found no room among the cooldowns; each is in a digest.
    package var beyond = 0
    package var messages = 0
    package var retries = 0
    /// Messages that Telegram refused; their records are told again in a number.
    package var refusals = 0
}
