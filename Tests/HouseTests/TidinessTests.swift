import Testing

@Suite struct TidinessTests {
    @Test func noFileIsLongerThan300Lines() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests") {
            let count = file.lines.count - 1
            #expect(count <= 300, "\(file.path) has \(count) lines")
        }
    }

    @Test func everyFolderSaysWhatIsInIt() throws {
        let vague: Set = ["Utilities", "Utils", "Util", "Helpers", "Managers", "Misc", "Common", "New"]
        for directory in try SourceTree.directories(in: "Sources") + SourceTree.directories(in: "Tests") {
            let name = directory.split(separator: "/").last.map(String.init) ?? directory
            #expect(!vague.contains(name), "\(directory) is named by what it isn't")
        }
    }

    /// What the hot path touches per record is public, since the compiler inlines nothing else across modules.
    static let inlined: Set = [
        "Sources/LogModel/OutputBuffer.swift", "Sources/LogModel/Severity.swift",
        "Sources/LogModel/JSON/JSONCursor.swift", "Sources/LogModel/Wire/Field.swift",
        "Sources/LogModel/Wire/LineFields.swift", "Sources/LogModel/Time/Timestamp.swift",
        "Sources/LogModel/Time/ClockText.swift",
    ]

    @Test func nothingIsPublicButWhatMustBeInlined() throws {
        for file in try SourceTree.swiftFiles(in: "Sources")
        where file.target != "HantuLog" && !TidinessTests.inlined.contains(file.path) {
            for line in file.lines
            where line.contains(
                /^\s*(?:@\w+\s+)*(?:public|open)\s+(?:final\s+|static\s+)*(?:class|struct|enum|protocol|actor|func|var|let|init|typealias|extension)\b/
            ) {
                Issue.record("\(file.path): \(line)")
            }
        }
    }

    /// Looking at a closure that a mutex holds by itself puts it back wrapped once more, until calling it takes more
    /// stack than a thread has.
    @Test func noMutexHoldsAClosureButInATypeOfItsOwn() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for line in file.lines where line.contains(/\b(?:Mutex|Monitor|Atomic)<[^>]*->/) {
                Issue.record("\(file.path): \(line)")
            }
        }
    }

    @Test func noTestIsSwitchedOff() throws {
        for file in try SourceTree.swiftFiles(in: "Tests") where file.target != "HouseTests" {
            for line in file.lines where line.contains(/\.disabled\(|XCTSkip|withKnownIssue/) {
                Issue.record("\(file.path): \(line)")
            }
        }
    }
}
