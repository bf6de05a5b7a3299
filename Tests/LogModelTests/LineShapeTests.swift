import LogModel
import LogTesting
import Testing

/// The scanner remembers what stood between the values of earlier lines; that must only ever make it faster.
@Suite struct LineShapeTests {
    private struct Result: Equatable, CustomStringConvertible {
        var fault: JSONFault?
        var offset: Int?
        var members: Int
        var fields: [String]
        var extras: [String]
        var description: String { "\(String(describing: fault)) \(fields) \(extras)" }
    }

    private func scan(_ line: String, _ fields: inout LineFields, cut: Bool = false) -> Result {
        var buffer = OutputBuffer()
        buffer.append(text: line)
        let failure = LineScanner().scan(buffer.bytes, cut: cut, into: &fields)
        let reader = WireReader(line: buffer.bytes)
        func text(_ slot: FieldSlot) -> String {
            "\(slot.kind) \(slot.rank) \(slot.start)-\(slot.end)"
        }
        return Result(
            fault: failure?.fault, offset: failure?.offset, members: fields.memberCount,
            fields: Field.allCases.compactMap { fields.has($0) ? "\($0): \(text(fields[$0]))" : nil },
            extras: fields.extras.map { "\(reader.name($0)): \(text($0.value))" })
    }

    private func isSameAfter(_ earlier: [String], _ line: String, cut: Bool = false) -> Bool {
        var used = LineFields()
        for line in earlier { _ = scan(line, &used) }
        var fresh = LineFields()
        return scan(line, &used, cut: cut) == scan(line, &fresh, cut: cut)
    }

    @Test(arguments: [
        #"{"level":1","message":"b"}"#, #"{"level":"a,"message":"b"}"#, #"{"level":"a"","message":"b"}"#,
        #"{"level":null,"message":"b"}"#, #"{"level":{"x":"y"},"message":"b"}"#,
        #"{"level":[1","message":"b"}"#,
        #"{"level":"a","message":7}"#, #"{"level":"a","message":"#, #"{"level":"a","mess"#, #"{"level":"a""#,
        #"{"level":"a"}"#, #"{"level":"a","message":"b","message":"c"}"#,
        #"{ "level" : "a" , "message" : "b" }"#,
        #"{"level":"\"","message":"b"}"#, #"{"level":"\\","message":"b"}"#, #"{"level":"a","message":"b"},"#,
        #"{"level":"a","message":"b"}{"#, #"[{"level":"a","message":"b"}]"#, "{}", "", "{",
        #"{"level":true","message":1}"#,
    ])
    func `a line that only looks like the one before is read as it is`(line: String) {
        let earlier = [#"{"level":"a","message":"b"}"#]
        #expect(isSameAfter(earlier, line))
        #expect(isSameAfter(earlier, line, cut: true))
        #expect(isSameAfter([#"{"level":1,"message":2}"#, #"{"level":[1],"message":{"a":1}}"#], line))
    }

    @Test(arguments: 0..<40)
    func `what was scanned before changes nothing`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let names = [
            "level", "message", "msg", "x", "주문", "trace_id", "a longer name than sixteen", "pid", "e\\u0031",
        ]
        let values = [
            "\"a\"", "\"b\\n\"", "1", "-2.5e3", "null", "true", "{\"a\":\"b\"}", "[1,\"2\"]", "\"\"", "\"가\"",
        ]
        let colons = [":", ": ", " :"]
        func line() -> String {
            let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                "\"\(names.randomElement(using: &random)!)\"\(colons.randomElement(using: &random)!)"
                    + values.randomElement(using: &random)!
            }
            var text = Array("{\(members.joined(separator: ","))}".utf8)
            if Int.random(in: 0..<3, using: &random) == 0 {
                let place = Int.random(in: 0..<text.count, using: &random)
                let byte = "\",:{}[]\\1n ".utf8.randomElement(using: &random)!
                if Bool.random(using: &random) { text[place] = byte } else { text.insert(byte, at: place) }
            }
            return String(decoding: text, as: UTF8.self)
        }
        var used = LineFields()
        for _ in 0..<2000 {
            let line = line()
            var fresh = LineFields()
            #expect(scan(line, &used) == scan(line, &fresh), "\(line)")
        }
    }
}
