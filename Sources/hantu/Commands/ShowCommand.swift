import ArgumentParser
import LogModel
import LogStore

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows everything about one record of the error store.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var paging: PagingOptions

    @Argument(
        help: "The record's number, or its UUID or the beginning of it.",
        transform: { text in
            guard let reference = RecordReference(text) else {
                throw ValidationError("'\(text)' is neither a number nor the beginning of a UUID.")
            }
            return reference
        })
    var id: RecordReference

    func run() throws {
        let session = try common.session()
        let store = try session.store(.read)
        switch try ask({ () throws(StoreError) in try store.find(id) }) {
        case .found(let row):
            let recurrence = try ask { () throws(StoreError) in try Recurrence(of: [row], in: store) }
            let isBack = recurrence.isBack(row)
            session.page(paging, common)
            let output = Output()
            output.append { out in
                if common.json {
                    RowJSON.append(row, isBack: isBack, zone: session.zone, to: &out)
                } else {
                    RecordDetails.append(
                        row, isBack: isBack, zone: session.zone, style: session.style, to: &out)
                }
            }
            output.flush()
        case .missing:
            Report.information("그런 기록이 에러 저장소에 없습니다")
            throw ExitCode(1)
        case .ambiguous(let events):
            Report.failure("여러 기록이 그렇게 시작합니다: \(events.map(\.description).joined(separator: " "))")
            throw ExitCode(1)
        }
    }
}
