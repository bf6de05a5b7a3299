import LogModel
import LogStore
import LogTesting
import Testing

struct StorableRecordTests {
    private func context(_ context: String?, message: String = "") -> String? {
        var record = ErrorStoreContract.sample(1)
        record.context = context
        record.message = message
        return record.storable.context
    }

    @Test func whatHasNothingToEscapeStaysAsItIs() {
        let record = ErrorStoreContract.sample(1)
        #expect(record.storable == record)
        for text in [#"{}"#, #"{"a":"\ud83d\ude00","p":"C:\\u0000","n":1e400, "b" : [1,2]}"#] {
            #expect(context(text) == text)
        }
        #expect(context(nil, message: #"C:\users \n"#) == nil)
    }

    @Test(arguments: [
        (#"{"a":"\u0000"}"#, #"{"a":"\\u0000","escaped":true}"#),
        (#"{"a":"\ud83dx"}"#, #"{"a":"\\ud83dx","escaped":true}"#),
        (#"{"a":"\uDE00\uD83D"}"#, #"{"a":"\\uDE00\\uD83D","escaped":true}"#),
        (#"{"a":"\ud83d\ud83d\ude00"}"#, #"{"a":"\\ud83d\ud83d\ude00","escaped":true}"#),
        (#"{"a":"\\\u0000"}"#, #"{"a":"\\\\u0000","escaped":true}"#),
        (#"{"escaped":false,"a":"\u0000"}"#, #"{"escaped":false,"a":"\\u0000","field.escaped":true}"#),
        (#"{"escaped":true,"a":"\u0000"}"#, #"{"escaped":true,"a":"\\u0000"}"#),
    ])
    func escapesThatNoDatabaseTakesBecomeText(_ given: String, _ expected: String) {
        #expect(context(given) == expected)
        #expect(context(expected) == expected)
    }

    @Test(arguments: [
        (nil, #"{"escaped":true}"#), ("{}", #"{"escaped":true}"#), ("{ } ", #"{ "escaped":true}"#),
        (#"{"a":1}"#, #"{"a":1,"escaped":true}"#), (#"{"a":{}} "#, #"{"a":{},"escaped":true}"#),
    ])
    func otherFieldsFlagTheContextToo(_ given: String?, _ expected: String) {
        #expect(context(given, message: "a\0b") == expected)
        #expect(context(given, message: #"lone \ud83d"#) == expected)
    }

    @Test(arguments: [
        ("[1]", #"{"context":"[1]"}"#), (#"{"a":"#, #"{"context":"{\"a\":"}"#), ("", #"{"context":""}"#),
        ("{\"a\":\"\0\"}", #"{"context":"{\"a\":\"\\u0000\"}","escaped":true}"#),
    ])
    func aContextThatIsNoObjectIsWrapped(_ given: String, _ expected: String) {
        #expect(context(given) == expected)
    }

    /// What comes out is what any JSON reader takes, without NUL, and stays as it is the second time.
    @Test func anyContextComesOutSound() throws {
        let seed: UInt64 = 0xC0FFEE
        var generator = SeededGenerator(seed: seed)
        let parts = [
            "{", "}", "\"", "a", ":", ",", "\\u0000", "\\ud83d", "\\ude00", "\\\\", "\\\"", "\0", "1e9", "[",
            "]",
            #""k":"v""#, #""escaped":"#, "true", "é", " ",
        ]
        for _ in 0..<5000 {
            let count = Int.random(in: 0...8, using: &generator)
            var text = (0..<count).map { _ in parts.randomElement(using: &generator)! }.joined()
            if Bool.random(using: &generator) { text = #"{"k":""# + text + #""}"# }
            let once = try #require(context(text))
            #expect(!once.utf8.contains(0), "seed \(seed): \(text)")
            #expect(context(once) == once, "seed \(seed): \(text)")
            var line = ErrorStoreContract.sample(1)
            line.context = once
            var wire = OutputBuffer()
            line.appendWire(to: &wire, zone: .utc)
            #expect(LogRecord(wire: wire.bytes)?.context == once, "seed \(seed): \(text)")
        }
    }
}
