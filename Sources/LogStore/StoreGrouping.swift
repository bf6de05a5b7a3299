package import LogModel

/// What statistics are grouped by (`hantu logs stats --by`).
package enum StoreGrouping: String, Sendable, CaseIterable {
    case service, type, level, hour, fingerprint
}

/// One line of the statistics.
package struct StoreGroup: Sendable, Equatable {
    /// The service, error type, level or fingerprint, or the hour's beginning as `2026-02-01 12:00` in the zone
    /// asked for; nil for rows that have none.
    package var key: String?
    package var count: Int
    package var firstSeen: Timestamp
    package var lastSeen: Timestamp
    package var unresolved: Int

    package init(key: String?, count: Int, firstSeen: Timestamp, lastSeen: Timestamp, unresolved: Int) {
        self.key = key
        self.count = count
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.unresolved = unresolved
    }
}

extension StoreGroup {
    /// Brings groups of a quarter of an hour, each with its first moment, together to the hours of a zone: offsets
    /// from UTC are whole quarters.
    static func hours(of quarters: [StoreGroup], zone: ZoneRules) -> [StoreGroup] {
        var hours: [Int64: StoreGroup] = [:]
        for quarter in quarters {
            let local = quarter.firstSeen.seconds + Int64(zone.offset(at: quarter.firstSeen.seconds))
            let hour = local.flooredDivision(by: 3600) * 3600
            guard var known = hours[hour] else {
                var text = OutputBuffer(capacity: 64)
                TimeText.append(localSeconds: hour, to: &text)
                text.truncate(to: 16)
                var first = quarter
                first.key = String(decoding: text.bytes, as: UTF8.self)
                hours[hour] = first
                continue
            }
            known.count += quarter.count
            known.unresolved += quarter.unresolved
            known.firstSeen = min(known.firstSeen, quarter.firstSeen)
            known.lastSeen = max(known.lastSeen, quarter.lastSeen)
            hours[hour] = known
        }
        return hours.sorted { $0.key < $1.key }.map(\.value)
    }
}
