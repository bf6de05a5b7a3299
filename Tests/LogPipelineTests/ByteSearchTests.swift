import CVectorScan
import LogTesting
import Testing

/// The search for a text, held against looking at every place.
@Suite struct ByteSearchTests {
    private func find(_ needle: [UInt8], in text: [UInt8]) -> Int {
        text.withUnsafeBufferPointer {
            let found = cvs_find($0.baseAddress, $0.count, needle, needle.count)
            #expect(cvs_find_portable($0.baseAddress, $0.count, needle, needle.count) == found)
            return Int(found)
        }
    }

    private func naive(_ needle: [UInt8], in text: [UInt8]) -> Int {
        guard needle.count <= text.count else { return -1 }
        return (0...(text.count - needle.count)).first { text[$0...].starts(with: needle) } ?? -1
    }

    @Test func whatIsFoundIsTheFirst() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            // Few letters, so that beginnings and ends of the needle are everywhere.
            let letters = Int.random(in: 1...4, using: &random)
            func bytes(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in UInt8(97 + Int.random(in: 0..<letters, using: &random)) }
            }
            let text = bytes(Int.random(in: 1...400, using: &random))
            let needle = bytes(Int.random(in: 1...12, using: &random))
            #expect(find(needle, in: text) == naive(needle, in: text), "seed \(seed): \(needle) in \(text)")
        }
    }

    @Test func aTextFullOfBeginningsIsNoSlower() {
        let text = [UInt8](repeating: 97, count: 4 << 20)
        var needle = [UInt8](repeating: 97, count: 4000)
        needle[2000] = 98
        var found = 0
        let took = ContinuousClock().measure { found = find(needle, in: text) }
        #expect(found == -1)
        #expect(took < .seconds(5))
    }

    @Test func theLastPlaceIsFoundAndNothingBehindTheText() {
        for count in 1...200 {
            var text = [UInt8](repeating: 46, count: count)
            text[count - 1] = 120
            #expect(find([120], in: text) == count - 1)
            if count > 1 { #expect(find([46, 120], in: text) == count - 2) }
            #expect(find([120, 46], in: text) == -1)
        }
    }
}
