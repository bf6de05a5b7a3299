import Foundation
import LogSpool
import Testing

@Suite struct FaultPointTests {
    @Test func everyPointIsInTheDocumentAndTheOtherWayRound() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/fault-points.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let documented = text.matches(of: /\n\| `([a-z.-]+)` \|/).map { String($0.1) }
        #expect(Set(documented) == Set(FaultPoint.allCases.map(\.rawValue)))
        #expect(documented.count == FaultPoint.allCases.count)
    }

    @Test func anUnknownNameIsRefused() {
        #expect(FaultPoints(killingAt: "spool.append.sometime") == nil)
        #expect(FaultPoints(killingAt: "spool.append.before-commit") != nil)
    }
}
