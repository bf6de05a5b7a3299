import Testing

@Suite struct ImportRulesTests {
    let table: ImportTable
    let sources: [SourceTree.File]

    init() throws {
        table = try ImportTable.read()
        sources = try SourceTree.swiftFiles(in: "Sources")
    }

    @Test func theTableOfTheArchitecturePageIsRead() {
        #expect(table.order.count >= 10)
        #expect(table.allowed["LogPipeline"]?.contains("LogModel") == true)
        #expect(sources.count >= 20)
    }

    @Test func importLinesAreFoundInEveryForm() {
        let file = SourceTree.File(
            path: "Sources/X/Y.swift",
            text: """
                import Plain
                package import Shown
                internal import Hidden
                @testable import Tested
                @preconcurrency @_spi(Some) import Marked
                import struct Nested.Thing
                    import Indented
                // import Commented
                let important = 1
                """)
        #expect(file.imports == ["Plain", "Shown", "Hidden", "Tested", "Marked", "Nested", "Indented"])
    }

    @Test func everyImportIsInTheTable() {
        for file in sources {
            let allowed = (table.allowed[file.target] ?? []).union(["Synchronization"])
            for module in file.imports where !allowed.contains(module) {
                Issue.record("\(file.path) imports \(module); docs/architecture.md doesn't allow it")
            }
        }
    }

    @Test func aTargetImportsOnlyTargetsAboveIt() {
        for (index, target) in table.order.enumerated() {
            for other in table.allowed[target] ?? [] {
                guard let place = table.order.firstIndex(of: other) else { continue }
                #expect(place < index, "\(target) may import \(other), which comes after it")
            }
        }
    }

    @Test func everyTargetWithSourcesIsInTheTable() {
        for target in Set(sources.map(\.target)) where table.allowed[target] == nil {
            Issue.record("docs/architecture.md doesn't know Sources/\(target)")
        }
    }

    @Test func aCLibraryIsImportedByOneFileOfATarget() {
        var doors: [String: [String]] = [:]
        for file in sources {
            for module in file.imports where module.hasPrefix("CLib") {
                doors[file.target + " " + module, default: []].append(file.path)
            }
        }
        for (library, files) in doors where files.count > 1 {
            Issue.record("\(library) has \(files.count) doors: \(files.joined(separator: ", "))")
        }
    }
}
