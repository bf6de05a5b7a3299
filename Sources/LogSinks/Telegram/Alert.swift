package import LogModel

/// One record that is to be told, with what the policy looks at.
package struct Alert: Sendable {
    package let record: LogRecord
    package let kind: AlertKind
    /// CRITICAL goes before all others.
    let isCritical: Bool
    /// Told whenever it comes, within what a chat takes: CRITICAL, and what asked for it (`notify`).
    let passesCooldown: Bool
    /// What counts as the same alert: the kind and the fingerprint.
    let key: String
    let fingerprint: String
    /// Somebody had resolved this error before.
    var isBack = false
    /// What the daemon says is wrong with itself, or is right again (`ends`), where it tells both.
    private(set) var trouble: (name: String, ends: Bool)?

    package init(_ record: LogRecord) {
        self.record = record
        kind = AlertKind(record)
        isCritical = record.level == .critical
        passesCooldown = isCritical || record.notify != nil
        fingerprint = record.fingerprint ?? record.computedFingerprint
        key = Alert.key(kind, fingerprint)
    }

    /// The key of a record that a cooldown may hold back; nil for one that passes it.
    static func heldKey(of record: WireDecoder.Summary) -> String? {
        guard record.level != .critical, record.notify == nil else { return nil }
        return key(
            AlertKind(level: record.level, succeeded: record.succeeded, notify: nil), record.fingerprint)
    }

    private static func key(_ kind: AlertKind, _ fingerprint: String) -> String {
        "\(kind.rawValue).\(fingerprint)"
    }

    /// What the daemon says about itself: grave, and under the cooldown all the same (contract section 7).
    package init(_ event: SystemAlert, at time: Timestamp) {
        let isGrave = !event.isGood && !event.isNotice
        record = LogRecord(
            timestamp: time, level: isGrave ? .critical : .info, service: "hantu-logd",
            logger: "hantu-logd", message: event.text, succeeded: event.isGood,
            notify: isGrave ? nil : event.isGood ? .success : .report)
        kind = AlertKind(record)
        isCritical = isGrave
        passesCooldown = !isGrave
        fingerprint = event.name
        key = "\(kind.rawValue).\(event.name)"
        trouble = event.trouble.map { ($0, event.isGood) }
    }
}
