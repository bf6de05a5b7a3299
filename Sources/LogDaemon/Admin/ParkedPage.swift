import LogModel
import LogSpool

/// Some of the parked records, and where to go on.
struct ParkedPage: Sendable {
    /// Records of one page at most.
    static let limit = 1000
    /// Bytes of records of one page, but always one record.
    static let byteLimit = 4 << 20

    var records: [ParkedRecord] = []
    /// Parked records altogether.
    var total = 0
    /// Ask for the records after this id; nil where these were the last.
    var next: Int64?

    func json(zone: ZoneRules) -> JSONNode {
        .object([
            ("total", .number(total)), ("next", next.map { .number(Int($0)) } ?? .null),
            ("parked", .list(records.map { ParkedPage.json($0, zone) })),
        ])
    }

    private static func json(_ parked: ParkedRecord, _ zone: ZoneRules) -> JSONNode {
        .object([
            ("id", .number(Int(parked.number))), ("output", .text(parked.output.metricName)),
            ("time", .text(parked.parkedAt.text(zone: zone))), ("level", .text("\(parked.severity)")),
            ("reason", .text(parked.reason)), ("attempts", .number(parked.attempts)),
            ("record", .raw(parked.payload)),
        ])
    }
}

extension Spooling {
    /// A page of the parked records; blocks.
    func parked(after number: Int64, limit: Int) throws(SpoolError) -> ParkedPage {
        var page = ParkedPage(total: statistics().parked)
        var last = number
        var bytes = 0
        while page.records.count < limit, bytes < ParkedPage.byteLimit {
            // A few at a time, since each may be large.
            let some = try parkedRecords(after: last, limit: min(16, limit - page.records.count))
            guard let end = some.last else { return page }
            for record in some where bytes < ParkedPage.byteLimit {
                page.records.append(record)
                bytes += record.payload.count
            }
            last = page.records.last?.number ?? end.number
        }
        if try !parkedRecords(after: last, limit: 1).isEmpty { page.next = last }
        return page
    }
}
