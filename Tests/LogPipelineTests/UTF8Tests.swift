import CVectorScan
import LogTesting
import Testing

@Suite struct UTF8Tests {
    /// Both ways, with the end at the end of an allocation of just that size.
    private func verdicts(_ bytes: [UInt8]) -> [Int32] {
        let guarded = GuardedBytes(bytes, trap: "\u{BF}")
        let count = bytes.count
        let start = guarded.bytes.baseAddress!
        return [cvs_check_utf8(start, count), cvs_check_utf8_portable(start, count)]
    }

    /// Twice what must come out: Swift says what is valid, a walk over the bytes what is safe.
    private func expected(_ bytes: [UInt8]) -> [Int32] {
        guard String(validating: bytes, as: UTF8.self) != nil else { return [0, 0] }
        let pairs = zip(bytes, bytes.dropFirst())
        let isUnsafe =
            bytes.contains(0x7F) || pairs.contains { $0 == 0xC2 && $1 < 0xA0 || $0 == 0xE2 && $1 < 0x82 }
        return Array(repeating: isUnsafe ? 1 : 3, count: 2)
    }

    @Test func `every sequence of two bytes is judged as Swift judges it, wherever it stands`() {
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                for before in [0, 30, 31] {
                    let bytes = [UInt8](repeating: 0x61, count: before) + [first, second]
                    #expect(verdicts(bytes) == expected(bytes), "\(bytes.suffix(2)) at \(before)")
                }
            }
        }
    }

    @Test func `sequences at the edges of what is allowed are judged as Swift judges them`() {
        let edges: [UInt8] = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
            0xEE, 0xEF,
            0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for first in edges {
            for second in edges {
                for third in edges {
                    for fourth in edges {
                        let bytes = [first, second, third, fourth]
                        #expect(verdicts(bytes) == expected(bytes), "\(bytes)")
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<20)
    func `texts with a few wrong bytes are judged as Swift judges them`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let characters = [
            "a", "é", "가", "€", "😀", "\u{10FFFF}", "\u{D7FF}", "\u{E000}", "~", "\0", "\u{7F}", "\u{85}",
            "\u{202E}", "–",
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 0...60, using: &random)
            var bytes = (0..<count).flatMap { _ in Array(characters.randomElement(using: &random)!.utf8) }
            if Bool.random(using: &random), !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                    in: .min ... .max, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(min(bytes.count, 1)) }
            #expect(verdicts(bytes) == expected(bytes), "\(bytes)")
        }
    }
}
