import ArgumentParser
import LogSinks

struct ErrorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "error",
        abstract: "Shows the records of the error files, the oldest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var listing: ListingOptions
    @OptionGroup var paging: PagingOptions

    @Option(help: "Only records of this service.")
    var service: String?

    func run() throws {
        let session = try common.session()
        var query = try selection.query(at: session.now)
        query.service = service
        let view: any LineView =
            common.json
            ? ErrorJSONView(query: query, zone: session.zone)
            : ErrorTextView(query: query, zone: session.zone, style: session.style)
        try listing.show(.errors, query, view, session) { session.page(paging, common) }
    }
}
