import ArgumentParser
import LogModel
import LogStore

/// Rows of the error store that are to be changed.
struct RowArguments: ParsableArguments {
    @Argument(
        help: "The records' numbers, or their UUIDs or the beginnings of them.",
        transform: { text in
            guard let reference = RecordReference(text) else {
                throw ValidationError("'\(text)' is neither a number nor the beginning of a UUID.")
            }
            return Named(text: text, reference: reference)
        })
    var ids: [Named]

    /// A row as somebody named it.
    struct Named {
        var text: String
        var reference: RecordReference
    }

    /// Finds the rows, changes those that are there, and says what came of each; exits 1 where one isn't there.
    func change(
        _ session: Session, json: Bool, done: String, already: String,
        _ change: (any ErrorStore, [Int64]) throws(StoreError) -> ChangeCount
    ) throws {
        let store = try session.store(.change)
        var numbers: [Int64] = []
        var missing: [String] = []
        for id in ids {
            switch try ask({ () throws(StoreError) in try store.find(id.reference) }) {
            case .found(let row): if !numbers.contains(row.row) { numbers.append(row.row) }
            case .missing: missing.append(id.text)
            case .ambiguous(let events):
                missing.append(id.text)
                let some = events.map(\.description).joined(separator: " ")
                Report.failure("\(id.text): 여러 기록이 그렇게 시작합니다: \(some)")
            }
        }
        let count = try ask { () throws(StoreError) in try change(store, numbers) }
        missing += count.missing.map { String($0) }
        if json {
            show(count, missing, session)
        } else {
            for row in count.changed { Report.success("#\(row): \(done)") }
            for row in count.unchanged { Report.information("#\(row): \(already)") }
            for text in missing { Report.failure("\(text): 그런 기록이 에러 저장소에 없습니다") }
        }
        if !missing.isEmpty { throw ExitCode(1) }
    }

    private func show(_ count: ChangeCount, _ missing: [String], _ session: Session) {
        let output = Output()
        output.append { out in
            let changed = count.changed.map(String.init).joined(separator: ",")
            let unchanged = count.unchanged.map(String.init).joined(separator: ",")
            out.append(text: "{\"changed\":[\(changed)],\"unchanged\":[\(unchanged)],\"missing\":[")
            for (index, text) in missing.enumerated() {
                if index > 0 { out.append(",") }
                JSONString.append(text, to: &out)
            }
            out.append("]}\n")
        }
        output.flush()
    }
}
