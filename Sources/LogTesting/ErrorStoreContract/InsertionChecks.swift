import LogModel
import LogStore

extension ErrorStoreContract {
    static let insertionChecks: [Check] = [
        Check(description: "a record comes back as it went in") { store, clock in
            try same(try store.insert([sample(1)]), InsertCount(new: 1, duplicate: 0))
            let rows = try all(store)
            try same(rows.map(\.record), [sample(1)])
            try same(rows[0].createdAt?.seconds, clock.now().seconds)
            try same(rows[0].resolved, nil)
            try same(rows[0].resolutionNote, nil)
        },
        Check(description: "fields that are absent stay absent") { store, _ in
            let bare = LogRecord(
                timestamp: Timestamp(seconds: start), level: .critical, service: "", logger: "",
                id: EventID(high: 1, low: 2))
            _ = try store.insert([bare])
            try same(try all(store).map(\.record), [bare])
        },
        Check(description: "the same event twice is one row") { store, _ in
            _ = try store.insert([sample(1)])
            var again = sample(1)
            again.message = "something else"
            try same(try store.insert([again, sample(2)]), InsertCount(new: 1, duplicate: 1))
            try same(try all(store).map(\.record), [sample(1), sample(2)])
        },
        Check(description: "the same event twice in one batch is one row") { store, _ in
            try same(
                try store.insert([sample(1), sample(1), sample(1)]), InsertCount(new: 1, duplicate: 2))
            try same(try store.count(), 1)
        },
        Check(description: "a thousand with ten duplicates are 990") { store, _ in
            let records = (0..<1000).map { sample($0 < 990 ? $0 : $0 - 990) }
            try same(try store.insert(records), InsertCount(new: 990, duplicate: 10))
            try same(try store.count(), 990)
            try same(try store.insert(records), InsertCount(new: 0, duplicate: 1000))
            try same(try all(store).map(\.record), (0..<990).map { sample($0) })
        },
        Check(description: "records without an identity are all kept") { store, _ in
            var anonymous = sample(1)
            anonymous.id = nil
            try same(try store.insert([anonymous, anonymous]), InsertCount(new: 2, duplicate: 0))
            try same(try all(store).map(\.record), [anonymous, anonymous])
        },
        Check(description: "an empty batch is nothing") { store, _ in
            try same(try store.insert([]), InsertCount(new: 0, duplicate: 0))
        },
        Check(description: "preparing twice changes nothing") { store, _ in
            try store.prepare()
            _ = try store.insert([sample(1)])
            try store.prepare()
            try same(try store.count(), 1)
        },
        Check(description: "every level keeps its name") { store, _ in
            let records = Severity.allCases.enumerated().map { sample($0.offset, level: $0.element) }
            _ = try store.insert(records)
            try same(try all(store).map(\.record.level), Severity.allCases)
        },
        Check(description: "times keep their microseconds, and lose what is finer") { store, _ in
            var records = (0..<5).map { sample($0) }
            records[0].timestamp = Timestamp(seconds: start, nanoseconds: 0, precision: 0)
            records[1].timestamp = Timestamp(seconds: start, nanoseconds: 1000, precision: 6)
            records[2].timestamp = Timestamp(seconds: start, nanoseconds: 999_999_999, precision: 9)
            records[3].timestamp = Timestamp(seconds: start + 1, nanoseconds: 5_000_000, precision: 3)
            records[4].timestamp = Timestamp(seconds: -1, nanoseconds: 500_000_000, precision: 1)
            _ = try store.insert(records)
            try same(
                try all(store).map(\.record.timestamp),
                [
                    Timestamp(seconds: -1, nanoseconds: 500_000_000, precision: 3),
                    Timestamp(seconds: start, nanoseconds: 0, precision: 0),
                    Timestamp(seconds: start, nanoseconds: 1000, precision: 6),
                    Timestamp(seconds: start, nanoseconds: 999_999_000, precision: 6),
                    Timestamp(seconds: start + 1, nanoseconds: 5_000_000, precision: 3),
                ])
        },
    ]
}
