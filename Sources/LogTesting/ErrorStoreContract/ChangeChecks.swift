import LogModel
import LogStore

extension ErrorStoreContract {
    static let changeChecks: [Check] = [
        Check(description: "resolving and reopening change what is unresolved") { store, clock in
            _ = try store.insert((0..<3).map { sample($0) })
            let rows = try all(store).map(\.row)
            clock.advance(seconds: 60)
            let note = "고침: '재시작' %_"
            try same(
                try store.resolve([rows[0], rows[2]], note: note), ChangeCount(changed: [rows[0], rows[2]]))
            try same(try store.records(matching: query { $0.unresolvedOnly = true }).map(\.row), [rows[1]])
            let resolved = try all(store)[0]
            try same(resolved.resolved?.seconds, clock.now().seconds)
            try same(resolved.resolutionNote, note)

            try same(try store.reopen([rows[0]]), ChangeCount(changed: [rows[0]]))
            let reopened = try all(store)[0]
            try same(reopened.resolved, nil)
            try same(reopened.resolutionNote, nil)
        },
        Check(description: "what is as wanted already stays as it is") { store, clock in
            _ = try store.insert([sample(1)])
            let row = try all(store)[0].row
            try same(try store.reopen([row]), ChangeCount(unchanged: [row]))
            _ = try store.resolve([row], note: "first")
            let before = try all(store)
            clock.advance(seconds: 60)
            try same(
                try store.resolve([row, row + 1000], note: "second"),
                ChangeCount(unchanged: [row], missing: [row + 1000]))
            try same(try all(store), before)
        },
        Check(description: "a resolved event that comes again stays resolved") { store, _ in
            _ = try store.insert([sample(1)])
            _ = try store.resolve([try all(store)[0].row], note: nil)
            _ = try store.insert([sample(1)])
            try same(try store.records(matching: query { $0.unresolvedOnly = true }), [])
        },
        Check(description: "what was resolved before is known by its fingerprint") { store, _ in
            func record(_ number: Int, _ fingerprint: String) -> LogRecord {
                var record = sample(number)
                record.fingerprint = fingerprint
                return record
            }
            _ = try store.insert([record(1, "aa"), record(2, "aa"), record(3, "aa"), record(4, "bb")])
            try same(try store.firstResolved(of: ["aa", "bb", "cc"]), [:])
            let rows = try all(store).map(\.row)
            _ = try store.resolve([rows[1], rows[2]], note: nil)
            let found = try store.firstResolved(of: ["aa", "bb", "cc"])
            try same(found, ["aa": try all(store)[1].record.timestamp])
            try same(try store.firstResolved(of: []), [:])
            _ = try store.reopen([rows[1], rows[2]])
            try same(try store.firstResolved(of: ["aa"]), [:])
        },
        Check(description: "a doctor's probe that was resolved is no error that comes back") { store, _ in
            var probe = sample(1)
            (probe.service, probe.fingerprint) = (Probe.service, "aa")
            _ = try store.insert([probe])
            _ = try store.resolve([try all(store)[0].row], note: nil)
            try same(try store.firstResolved(of: ["aa"]), [:])
        },
        Check(description: "old rows are deleted in parts, the oldest first") { store, clock in
            clock.step(to: start)
            _ = try store.insert((0..<5).map { sample($0) })
            clock.step(to: start + 1_000_000)
            _ = try store.insert([sample(-1000)])
            let limit = sample(4).timestamp
            try same(try store.delete(before: limit, limit: 3), 3)
            try same(try all(store).map(\.record), [-1000, 3, 4].map { sample($0) })
            try same(try store.delete(before: limit, limit: 3), 1)
            // What was written lately stays, however old its own time is.
            try same(try store.delete(before: limit, limit: 3), 0)
            try same(try all(store).map(\.record), [-1000, 4].map { sample($0) })
        },
        Check(description: "a row's number is never used again") { store, clock in
            clock.step(to: start)
            _ = try store.insert([sample(1), sample(2)])
            let last = try all(store)[1].row
            _ = try store.delete(before: sample(1000).timestamp, limit: 10)
            _ = try store.insert([sample(3)])
            try require(try all(store)[0].row > last, "a number came again")
        },
    ]
}
