import ArgumentParser
import LogSinks

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Shows the lines of the text files, the oldest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var listing: ListingOptions
    @OptionGroup var paging: PagingOptions

    @Option(help: ArgumentHelp("Only loggers whose name begins so.", valueName: "prefix"))
    var logger: String?

    func run() throws {
        let session = try common.session()
        var query = try selection.query(at: session.now)
        query.loggerPrefix = logger
        let view: any LineView =
            common.json
            ? InfoJSONView(query: query, zone: session.zone)
            : InfoTextView(query: query, zone: session.zone, style: session.style)
        try listing.show(.text, query, view, session) { session.page(paging, common) }
    }
}
