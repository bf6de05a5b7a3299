import LogModel
import Testing

@testable import HantuLog

struct RecordBufferTests {
    private func put(_ text: String, _ severity: Severity, _ buffer: inout RecordBuffer) {
        buffer.put(Array(text.utf8), severity)
    }

    private func take(_ buffer: inout RecordBuffer) -> [String] {
        var batch: [RecordBuffer.Line] = []
        buffer.take(.max, into: &batch)
        return batch.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("Without room, DEBUG and INFO go first, then warnings, and errors stay")
    func ranks() {
        var buffer = RecordBuffer()
        for number in 0..<RecordBuffer.mostRecords {
            put("i\(number)", number % 2 == 0 ? .info : .debug, &buffer)
        }
        put("one more", .info, &buffer)
        put("warning", .warning, &buffer)
        put("error", .error, &buffer)
        let dropped = buffer.takeDropped()
        #expect(dropped?.map(\.0) == [.debug, .info])
        #expect(dropped?.map(\.1) == [500, 501])
        let left = take(&buffer)
        #expect(left.count == RecordBuffer.mostRecords - 1000 + 2)
        #expect(left.first == "i1000")
        #expect(left.suffix(2) == ["warning", "error"])
    }

    @Test("Its bytes are bounded")
    func bytes() {
        var buffer = RecordBuffer()
        let text = String(repeating: "x", count: 1 << 20)
        for _ in 0..<9 { put(text, .error, &buffer) }
        #expect(buffer.byteCount == 8 << 20)
        #expect(buffer.takeDropped()?.first?.1 == 1)
    }

    @Test("Errors are kept until they are acknowledged, and wait again before what was never sent")
    func again() {
        var buffer = RecordBuffer()
        put("e1", .error, &buffer)
        put("i2", .info, &buffer)
        put("e3", .critical, &buffer)
        #expect(take(&buffer) == ["e1", "i2", "e3"])
        buffer.acknowledge(1)
        put("i4", .info, &buffer)
        #expect(!buffer.isSettled)
        buffer.putBack([])
        #expect(take(&buffer) == ["e3", "i4"])
        buffer.acknowledge(2)
        #expect(buffer.isSettled && buffer.byteCount == 0)
    }

    @Test("Lines that never left go back in their order, each once")
    func unsent() {
        var buffer = RecordBuffer()
        for text in ["e1", "e2", "i3"] { put(text, text.hasPrefix("e") ? .error : .info, &buffer) }
        var batch: [RecordBuffer.Line] = []
        buffer.take(.max, into: &batch)
        buffer.putBack(batch[1...])
        #expect(take(&buffer) == ["e1", "e2", "i3"])
    }

    @Test("The daemon's answers are understood")
    func answers() {
        #expect(DaemonAnswer(#"{"hantu":{"acked":12}}"#.utf8.map { $0 }) == .acknowledged(12))
        #expect(DaemonAnswer(Array(#"{"hantu": {"acked": 12}}"#.utf8)) == .acknowledged(12))
        #expect(
            DaemonAnswer(Array(#"{"hantu":{"protocol":1,"server":"hantu-logd/0.1.0"}}"#.utf8)) == .greeting)
        #expect(
            DaemonAnswer(Array(#"{"hantu":{"protocol":1,"server":"x","resumed":true}}"#.utf8)) == .resumed)
        #expect(DaemonAnswer(Array(#"{"hantu":{"error":"too many"}}"#.utf8)) == .other)
    }
}
