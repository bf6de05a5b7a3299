import CVectorScan
import LogTesting
import Testing

@Suite struct MaskAnchorTests {
    /// Every byte that an anchor is made of, and neighbours of each.
    static let alphabet = Array("=:;<-,.019:eyJEYjxbearBEARCcoOtTd계좌관 ".utf8)

    static func anchors(of bytes: [UInt8], portable: Bool) -> [Int] {
        var words = [UInt64](repeating: ~0, count: Int(CVS_MASK_CHUNK) / 64)
        (bytes + [UInt8](repeating: UInt8(ascii: "="), count: 64)).withUnsafeBufferPointer { text in
            let find = portable ? cvs_mask_anchors_portable : cvs_mask_anchors
            find(text.baseAddress, bytes.count, &words)
        }
        return bytes.indices.filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    @Test func `the quick search finds what the portable one finds`() {
        var generator = SeededGenerator(seed: 0x5EED)
        for _ in 0..<3000 {
            let length = Int.random(in: 0...Int(CVS_MASK_CHUNK), using: &generator)
            let bytes = (0..<length).map { _ in MaskAnchorTests.alphabet.randomElement(using: &generator)! }
            let quick = MaskAnchorTests.anchors(of: bytes, portable: false)
            let portable = MaskAnchorTests.anchors(of: bytes, portable: true)
            // The quick one may see a little more: its tables take "ccd" for "cct".
            #expect(Set(portable).isSubset(of: quick), "\(bytes)")
            #expect(Set(quick).subtracting(portable).allSatisfy { bytes[$0] | 0x20 == UInt8(ascii: "c") })
        }
    }

    @Test func `every kind of anchor is found at every offset`() {
        for anchor in ["=", ":", "1-2", "eyJ", "bea", "BeA", "cco", "CCT", "좌"] {
            for offset in 0..<130 {
                let bytes = Array(repeating: UInt8(ascii: "x"), count: offset) + Array(anchor.utf8)
                for portable in [false, true] {
                    let found = MaskAnchorTests.anchors(of: bytes, portable: portable)
                    #expect(found == [offset], "\(anchor) \(portable)")
                }
            }
        }
    }
}
