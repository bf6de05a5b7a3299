import ArgumentParser
import LogStore

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Shows the records of the error store, the oldest first.",
        discussion: """
            Of an error that came back after it was resolved it says 다시 발생; with --json such a row has
            "recurred":true.

              hantu logs db --unresolved --since 1d
              hantu logs db --service scheduler --grep timeout --json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var paging: PagingOptions
    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Only records that nobody has resolved yet.")
    var unresolved = false

    @Option(help: "Only records of this service.")
    var service: String?

    func run() throws {
        let session = try common.session()
        var query = try selection.query(at: session.now)
        query.service = service
        var wanted = query.storeQuery(zone: session.zone)
        wanted.unresolvedOnly = unresolved
        let store = try session.store(.read)
        let rows = try ask { () throws(StoreError) in try store.records(matching: wanted) }
        let recurrence = try ask { () throws(StoreError) in try Recurrence(of: rows, in: store) }
        session.page(paging, common)
        let output = Output()
        for row in rows {
            output.append { out in
                if common.json {
                    RowJSON.append(row, isBack: recurrence.isBack(row), zone: session.zone, to: &out)
                } else {
                    RecordBlock.append(
                        row, isBack: recurrence.isBack(row), zone: session.zone, style: session.style,
                        to: &out)
                }
            }
        }
        output.flush()
        guard rows.isEmpty else { return }
        Report.information("조건에 맞는 기록이 에러 저장소에 없습니다")
        throw ExitCode(1)
    }
}
