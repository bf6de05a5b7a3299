import LogModel
import LogStore

/// Counts of errors in groups.
struct ErrorStatistics {
    var since: Timestamp
    var until: Timestamp
    /// The largest first; by hour the earliest first.
    var groups: [StoreGroup]
    /// The same errors by hour.
    var hours: [StoreGroup]
    /// Whether it is known which are resolved.
    var knowsResolved = true
    /// Fingerprints that came back after they were resolved.
    var back: Set<String> = []

    var total: Int { groups.reduce(0) { $0 + $1.count } }
    var unresolved: Int { groups.reduce(0) { $0 + $1.unresolved } }

    func appendJSON(zone: ZoneRules, to out: inout OutputBuffer) {
        func time(_ time: Timestamp, _ out: inout OutputBuffer) {
            out.append("\"")
            TimeText.append(time, zone: zone, to: &out)
            out.append("\"")
        }
        out.append("{\"since\":")
        time(since, &out)
        out.append(text: ",\"total\":\(total),\"groups\":[")
        for (index, group) in groups.enumerated() {
            out.append(index > 0 ? ",{\"key\":" : "{\"key\":")
            if let key = group.key { JSONString.append(key, to: &out) } else { out.append("null") }
            out.append(text: ",\"count\":\(group.count),\"first_seen\":")
            time(group.firstSeen, &out)
            out.append(",\"last_seen\":")
            time(group.lastSeen, &out)
            out.append(text: ",\"unresolved\":\(knowsResolved ? String(group.unresolved) : "null")}")
        }
        out.append("]}\n")
    }
}
