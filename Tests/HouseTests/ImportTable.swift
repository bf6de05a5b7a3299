import Foundation

/// Which modules each target may import, as the table in docs/architecture.md says.
struct ImportTable {
    /// Target to modules, ours and others'.
    let allowed: [String: Set<String>]
    /// Targets in the table's order.
    let order: [String]

    init(markdown: String) {
        var allowed: [String: Set<String>] = [:]
        var order: [String] = []
        for line in markdown.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            // An empty cell on either side of the four.
            guard cells.count == 6, cells[1] != "target", !cells[1].hasPrefix("---") else { continue }
            order.append(cells[1])
            allowed[cells[1]] = Set(
                (cells[3] + "," + cells[4]).split(separator: ",")
                    .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
        }
        self.allowed = allowed
        self.order = order
    }

    static func read() throws -> ImportTable {
        let page = SourceTree.root.appending(path: "docs/architecture.md")
        return ImportTable(markdown: try String(contentsOf: page, encoding: .utf8))
    }
}
