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

    private func findEither(_ one: [UInt8], _ other: [UInt8], in text: [UInt8]) -> Int {
        text.withUnsafeBufferPointer {
            let (base, count) = ($0.baseAddress, $0.count)
            let found = cvs_find_either(base, count, one, one.count, other, other.count)
            let portable = cvs_find_either_portable(base, count, one, one.count, other, other.count)
            #expect(portable == found)
            return Int(found)
        }
    }

    @Test func ofTwoTextsTheFirstIsFound() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let letters = Int.random(in: 1...4, using: &random)
            func bytes(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in UInt8(97 + Int.random(in: 0..<letters, using: &random)) }
            }
            // A rare one is far away, in a text beyond the first look ahead.
            let far = Int.random(in: 0..<60, using: &random) == 0
            let text =
                far
                ? [UInt8](repeating: 97, count: 6000) + bytes(50)
                : bytes(.random(in: 1...400, using: &random))
            let needles = (0..<2).map { _ in bytes(.random(in: 1...12, using: &random)) }
            let wanted = needles.map { naive($0, in: text) }.filter { $0 >= 0 }.min() ?? -1
            #expect(
                findEither(needles[0], needles[1], in: text) == wanted, "seed \(seed): \(needles) in \(text)")
        }
    }

    @Test func aRareTextBesideOneThatIsEverywhereIsNoSlower() {
        let text: [UInt8] = Array(repeatElement([97, 98, 98, 99], count: 1 << 18).joined())
        let rare: [UInt8] = Array(repeatElement([97, 98, 98, 98], count: 30).joined())
        var hits = 0
        let took = ContinuousClock().measure {
            text.withUnsafeBufferPointer {
                var position = 0
                while position < $0.count {
                    let rest = $0.count - position
                    let found = cvs_find_either(
                        $0.baseAddress! + position, rest, rare, rare.count, [98, 99], 2)
                    guard found >= 0 else { break }
                    hits += 1
                    position += Int(found) + 1
                }
            }
        }
        #expect(hits == 1 << 18)
        #expect(took < .seconds(10))
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
