import LogModel
import LogStore

extension ErrorStoreContract {
    /// Writes samples in which every field that can be asked for differs from row to row.
    private static func fill(_ store: any ErrorStore) throws -> [LogRecord] {
        let records = (0..<6).map { number in
            var record = sample(number, level: number % 2 == 0 ? .error : .critical)
            record.service = number < 4 ? "scheduler" : "api_server"
            record.traceID = number == 5 ? nil : "trace\(number % 3)"
            record.fingerprint = "000000000000000\(number % 2)"
            record.errorType = number == 0 ? nil : "E\(number % 2)"
            return record
        }
        // Written out of order: rows come by time all the same.
        _ = try store.insert([records[3], records[0], records[5]])
        _ = try store.insert([records[1], records[4], records[2]])
        return records
    }

    private static func numbers(
        _ store: any ErrorStore, _ change: (inout StoreQuery) -> Void
    ) throws -> [Int] {
        try store.records(matching: query(change)).map { Int($0.record.timestamp.seconds - start) }
    }

    static let queryChecks: [Check] = [
        Check(description: "rows come in the order of their time") { store, _ in
            try same(try fill(store), try all(store).map(\.record))
        },
        Check(description: "rows of the same time come as they were written") { store, _ in
            let records = (0..<5).map { number in
                var record = sample(number)
                record.timestamp = sample(0).timestamp
                return record
            }
            _ = try store.insert(records)
            try same(try all(store).map(\.record.message), records.map(\.message))
        },
        Check(description: "a limit takes the newest, the oldest of them first") { store, _ in
            _ = try fill(store)
            try same(try numbers(store) { $0.limit = 2 }, [4, 5])
            try same(try numbers(store) { $0.limit = 0 }, [])
            try same(try numbers(store) { $0.limit = 100 }, [0, 1, 2, 3, 4, 5])
        },
        Check(description: "each filter takes its own") { store, _ in
            _ = try fill(store)
            try same(try numbers(store) { $0.service = "api_server" }, [4, 5])
            try same(try numbers(store) { $0.service = "api%server" }, [])
            try same(try numbers(store) { $0.service = "api-server" }, [])
            try same(try numbers(store) { $0.minimumLevel = .critical }, [1, 3, 5])
            try same(try numbers(store) { $0.minimumLevel = .warning }, [0, 1, 2, 3, 4, 5])
            try same(try numbers(store) { $0.traceID = "trace1" }, [1, 4])
            try same(try numbers(store) { $0.traceID = "' OR 1=1 --" }, [])
            try same(try numbers(store) { $0.fingerprint = "0000000000000001" }, [1, 3, 5])
            try same(try numbers(store) { $0.since = sample(4).timestamp }, [4, 5])
            try same(try numbers(store) { $0.until = sample(2).timestamp }, [0, 1])
            try same(
                try numbers(store) {
                    $0.since = sample(1).timestamp
                    $0.until = sample(5).timestamp
                    $0.service = "scheduler"
                    $0.minimumLevel = .critical
                    $0.limit = 1
                }, [3])
        },
        Check(description: "a condition of the caller's goes before the limit") { store, _ in
            _ = try fill(store)
            try same(
                try numbers(store) {
                    $0.matches = { $0.record.message.hasSuffix("1") || $0.record.message.hasSuffix("3") }
                    $0.limit = 2
                }, [1, 3])
        },
        Check(description: "what was written after a row can be followed") { store, _ in
            _ = try store.insert([sample(5)])
            let last = try all(store)[0].row
            _ = try store.insert([sample(1), sample(2)])
            try same(try numbers(store) { $0.after = last }, [1, 2])
        },
        Check(description: "a row is found by number, by event and by the event's beginning") { store, _ in
            var other = sample(2)
            other.id = EventID(high: 0x0190_ABCD_0000_7000, low: 1 << 63)
            _ = try store.insert([sample(1), other])
            let rows = try all(store)
            for text in [
                "\(rows[1].row)", "0190abcd-0000-7000-8000-000000000000", "0190ABCD000070008000000000000000",
                "0190a", "0190abcd-0000",
            ] {
                let reference = try reference(text)
                try same(try store.find(reference), .found(rows[1]))
            }
            for text in ["999999", "0192", "0190abcd-0000-7000-8000-000000000001"] {
                try same(try store.find(try reference(text)), .missing)
            }
            guard case .ambiguous(let events) = try store.find(try reference("0190")) else {
                throw Violation(description: "0190 is not ambiguous")
            }
            try same(Set(events), Set(rows.compactMap(\.record.id)))
        },
        Check(description: "statistics count by each key") { store, _ in
            _ = try fill(store)
            let row = try all(store)[1].row
            _ = try store.resolve([row], note: nil)
            func groups(_ grouping: StoreGrouping, since: Timestamp? = nil) throws -> [String] {
                try store.statistics(since: since, by: grouping, zone: .utc).map {
                    let first = $0.firstSeen.seconds - start
                    return
                        "\($0.key ?? "-") \($0.count) \(first) \($0.lastSeen.seconds - start) \($0.unresolved)"
                }
            }
            try same(try groups(.service), ["scheduler 4 0 3 3", "api_server 2 4 5 2"])
            try same(try groups(.level), ["CRITICAL 3 1 5 2", "ERROR 3 0 4 3"])
            try same(try groups(.type), ["E1 3 1 5 2", "E0 2 2 4 2", "- 1 0 0 1"])
            try same(
                try groups(.fingerprint), ["0000000000000000 3 0 4 3", "0000000000000001 3 1 5 2"])
            try same(try groups(.hour), ["2026-02-01 03:00 6 0 5 5"])
            try same(try groups(.service, since: sample(4).timestamp), ["api_server 2 4 5 2"])
        },
        Check(description: "hours are the zone's, also one of a quarter of an hour") { store, _ in
            let kathmandu = try ZoneRules.fixed(5 * 3600 + 45 * 60)
            let records = [0, 1, 600, 3600].map { sample($0) }
            _ = try store.insert(records)
            let groups = try store.statistics(since: nil, by: .hour, zone: kathmandu)
            // 03:34:56Z is 09:19:56 there, 04:34:56Z is 10:19:56.
            try same(groups.map(\.key), ["2026-02-01 09:00", "2026-02-01 10:00"])
            try same(groups.map(\.count), [3, 1])
            try same(groups[0].firstSeen, records[0].timestamp)
            try same(groups[0].lastSeen, records[2].timestamp)
        },
        Check(description: "an empty store has no statistics") { store, _ in
            try same(try store.statistics(since: nil, by: .service, zone: .utc), [])
            try same(try store.count(), 0)
            try same(try all(store), [])
        },
    ]

    static func reference(_ text: String) throws -> RecordReference {
        guard let reference = RecordReference(text) else {
            throw Violation(description: "\(text) names no row")
        }
        return reference
    }
}
