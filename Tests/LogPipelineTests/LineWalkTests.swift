import CVectorScan
import LogModel
import LogTesting
import Testing

/// The walk over members of a known shape, wide and narrow, and the escapes in their strings.
@Suite struct LineWalkTests {
    /// A line's members, each with what stands before its value, without the quote that ends the last one.
    private static let members: [(joint: String, opensString: Bool)] = [
        (#"{"timestamp":""#, true), (#","level":""#, true), (#","line":"#, false),
        (#", "a name of some length" :""#, true),
        (#","pid":"#, false), (#","message":""#, true),
    ]

    private static let joints: [cvs_joint] = members.enumerated().map { index, member in
        var joint = cvs_joint()
        let follows = index > 0 && members[index - 1].opensString
        let bytes = Array(((follows ? "\"" : "") + member.joint).utf8)
        withUnsafeMutableBytes(of: &joint.bytes) { $0.copyBytes(from: bytes) }
        joint.counted = ~0 >> UInt32(32 - bytes.count)
        joint.bit = 1 << UInt32(index)
        joint.length = UInt8(bytes.count)
        joint.opens_string = member.opensString ? 1 : 0
        joint.follows_string = follows ? 1 : 0
        joint.field = UInt8(index)
        joint.sort.rank = UInt8(index)
        return joint
    }

    private typealias Walk =
        @convention(c) (
            UnsafePointer<UInt8>?, Int, UnsafePointer<UInt64>?, UnsafePointer<cvs_joint>?, UInt32,
            UnsafeMutablePointer<cvs_value>?, UnsafeMutablePointer<cvs_walk>?
        ) -> Void

    /// What a walk says of the line and its values.
    private func result(_ line: [UInt8], _ walk: Walk) -> [UInt64] {
        let guarded = GuardedBytes(line, trap: "\",1}")
        let start = guarded.bytes.baseAddress!
        var stops = [UInt64](repeating: ~0, count: line.count / 64 + 2)
        _ = cvs_index_stops(start, line.count, &stops)
        var state = cvs_walk()
        var values = [cvs_value](repeating: cvs_value(), count: 8)
        walk(
            start, line.count, stops, LineWalkTests.joints, UInt32(LineWalkTests.joints.count), &values,
            &state)
        return [UInt64(state.joint), UInt64(state.members), UInt64(state.present), UInt64(state.is_done)]
            + values.flatMap { [UInt64($0.start), UInt64($0.end), UInt64($0.sort.rank)] }
    }

    private func line(_ values: [String]) -> String {
        zip(LineWalkTests.members, values).map { $0.joint + $1 + ($0.opensString ? "\"" : "") }.joined() + "}"
    }

    @Test func `a whole line of the known shape is passed in one go`() {
        for length in [0, 1, 31, 62, 63, 64, 65, 127, 128, 129, 200] {
            let text = String(repeating: "x", count: length)
            let line = Array(line(["now", text, "7", text, "1234567890", text]).utf8)
            let found = result(line, cvs_walk_shape_portable)
            #expect(found[1] == 6 && found[2] == 63 && found[3] == 1)
            #expect(Int(found[4 + 15 + 1]) == line.count - 2, "the last value ends before its quote")
        }
    }

    @Test(arguments: [
        ["now", "b\\\"", "7", "", "1", "m"], ["now", "b", "0", "", "1", "m"],
        ["now", "b", "12345678901", "", "1", "m"],
        ["now", "b", "1.5", "", "1", "m"], ["now", "b", "-1", "", "1", "m"],
        ["now", "b", "1 ", "", "1", "m"],
        ["now", "b", "1", "", "null", "m"], ["now", "b", "1", "", "\"1\"", "m"],
    ])
    func `what needs a closer look ends the walk before it`(values: [String]) {
        let found = result(Array(line(values).utf8), cvs_walk_shape_portable)
        #expect(found[1] < 6 && found[3] == 0)
    }

    @Test(arguments: 0..<20)
    func `both walks go the same way, and never over the end`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let values = LineWalkTests.members.map { member in
                member.opensString
                    ? String(repeating: "가x", count: Int.random(in: 0...40, using: &random))
                    : "\(Int.random(in: 0...9_999_999_999, using: &random))"
            }
            var bytes = Array(line(values).utf8)
            if Bool.random(using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = "\"\\,:{}1 \u{1}".utf8.randomElement(using: &random)!
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            let wide = result(bytes, cvs_walk_shape)
            #expect(
                wide == result(bytes, cvs_walk_shape_portable), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(wide[0] <= bytes.count)
        }
    }

    @Test(arguments: 0..<20)
    func `a string with escapes ends where the grammar says`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "\\n", "\\\"", "\\\\", "\\/", "\\u12aF", "\\ud83d\\ude00", "a text", "가", "\\u12g4", "\\x",
            "\u{1}", "\"", "\\u1",
        ]
        for _ in 0..<2000 {
            // Faults are rare, so that some strings are long.
            let content = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                parts[
                    Int.random(
                        in: 0..<(Int.random(in: 0..<8, using: &random) == 0 ? parts.count : 8), using: &random
                    )]
            }
            let line = Array(("\"" + content.joined() + (Bool.random(using: &random) ? "\"" : "")).utf8)
            let guarded = GuardedBytes(line, trap: "\\u00")
            var stops = [UInt64](repeating: 0, count: line.count / 64 + 2)
            _ = cvs_index_stops(guarded.bytes.baseAddress!, line.count, &stops)
            var hasLong: UInt8 = 7
            let end = cvs_string_end(guarded.bytes.baseAddress!, line.count, stops, 1, &hasLong)
            var cursor = JSONCursor(guarded.bytes, from: 1)
            if cursor.passString() {
                #expect(end == cursor.position - 1 && line[end] == UInt8(ascii: "\""))
                let passed = content.prefix { $0 != "\"" }
                #expect((hasLong == 1) == passed.contains { $0.hasPrefix("\\u") || $0 == "\\/" })
            } else {
                #expect(end == line.count || line[end] != UInt8(ascii: "\""))
            }
        }
    }
}
