import LogTesting
import Testing

@testable import hantu

struct LineRunsTests {
    /// Lines of any length round that of a run, with and without a newline at the end.
    private func texts() -> [[UInt8]] {
        var random = SeededGenerator(seed: 11)
        return (0..<300).map { _ in
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                text += [UInt8](repeating: 120, count: Int.random(in: 0...12, using: &random)) + [10]
            }
            if Bool.random(using: &random) { text += [121] }
            return text
        }
    }

    private func check(_ runs: [Range<Int>], _ text: [UInt8], _ size: Int) {
        #expect(runs.first?.lowerBound ?? 0 == 0 && runs.last?.upperBound ?? 0 == text.count)
        #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        // Whole lines, and none empty.
        #expect(
            runs.allSatisfy { !$0.isEmpty && ($0.upperBound == text.count || text[$0.upperBound - 1] == 10) })
        // As many as fit, or one that is longer.
        #expect(runs.allSatisfy { $0.count <= size || text[$0].dropLast().firstIndex(of: 10) == nil })
    }

    @Test func `runs are whole lines, one after the other`() {
        for text in texts() {
            text.withUnsafeBufferPointer { bytes in
                var runs: [Range<Int>] = []
                LineRuns(first: 8, largest: 32).forEach(in: bytes) { runs.append($0) }
                check(runs, text, 32)
                var backward: [Range<Int>] = []
                LineRuns(first: 8, largest: 32).forEachBackward(in: bytes) { run in
                    backward.append(run)
                    return true
                }
                check(backward.reversed(), text, 32)
            }
        }
    }

    @Test func `they grow, and end where they are told to`() {
        let text = [UInt8](repeating: 10, count: 200)
        let runs = LineRuns(first: 16, largest: 64)
        var sizes: [Int] = []
        text.withUnsafeBufferPointer { bytes in
            runs.forEach(in: bytes) { sizes.append($0.count) }
            #expect(sizes == [16, 32, 64, 64, 24])
            sizes = []
            runs.forEachBackward(in: bytes) { run in
                sizes.append(run.count)
                return sizes.count < 3
            }
        }
        #expect(sizes == [16, 32, 64])
    }
}
