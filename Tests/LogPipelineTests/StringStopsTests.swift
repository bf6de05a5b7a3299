import CVectorScan
import LogTesting
import Testing

@Suite struct StringStopsTests {
    @Test(arguments: 0..<20)
    func `the index of string ends is the one worked out byte by byte, on any processor`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in
                "a\"\\\n\u{1F} ~".utf8.randomElement(using: &random)!
                    | (Int.random(in: 0..<60, using: &random) == 0
                        ? [0x80, 0x7F].randomElement(using: &random)! : 0)
            }
            let text = GuardedBytes(bytes, trap: "\"")
            var expected = [UInt64](repeating: 0, count: count / 64 + 1)
            for (index, byte) in (bytes + [0x22]).enumerated()
            where byte == 0x22 || byte == 0x5C || byte < 0x20 {
                expected[index / 64] |= 1 << UInt64(index % 64)
            }
            let isSpecial = bytes.contains { $0 >= 0x7F }
            var found = [UInt64](repeating: .max, count: expected.count)
            #expect(
                (cvs_index_stops(text.bytes.baseAddress!, count, &found) != 0) == isSpecial
                    && found == expected)
            #expect(
                (cvs_index_stops_portable(text.bytes.baseAddress!, count, &found) != 0) == isSpecial
                    && found == expected)
        }
    }
}
