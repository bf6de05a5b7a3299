import Testing

@testable import LogDaemon

@Suite struct HalfLineBudgetTests {
    @Test
    func `lines hold what a line may until together they hold too much, and again when half of it is gone`() {
        var budget = HalfLineBudget(lineLimit: 1 << 20)
        #expect(budget.mostPerLine == 1 << 20)
        let changes = [budget.most, 1, -budget.most / 2, -1].map { bytes in
            let isChange = budget.change(by: bytes)
            return (isChange, budget.mostPerLine)
        }
        #expect(changes.map(\.0) == [false, true, false, true])
        #expect(changes.map(\.1) == [1 << 20, HalfLineBudget.short, HalfLineBudget.short, 1 << 20])
    }

    @Test func `one line of whatever length finds room`() {
        var budget = HalfLineBudget(lineLimit: 64 << 20)
        let isChange = budget.change(by: 64 << 20)
        #expect(!isChange)
        #expect(budget.mostPerLine == 64 << 20)
    }

    @Test func `a line is never longer than its limit`() {
        var budget = HalfLineBudget(lineLimit: 1024)
        _ = budget.change(by: budget.most + 1)
        #expect(budget.mostPerLine == 1024)
    }
}
