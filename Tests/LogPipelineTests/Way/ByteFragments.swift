import LogTesting

/// Makes bytes of a connection out of what lines are made of, whole and broken.
struct ByteFragments {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    static let pieces: [[UInt8]] =
        [
            #"{"level":"ERROR","message":"주문 실패: 잔고 부족","trace_id":"abc-1"}"#,
            #"{"level":"INFO","msg":"ok","password":"hunter2","context":{"a":[1,2,{"token":"x"}]}}"#,
            #"{"message":"a\nb\u0000\ud83d\ude00\ud800","stack_trace":"x\\ty","id":1}"#,
            #"{"time":1769916896123,"level":30,"msg":"pino","extra":7}"#, #"{"hantu":{"flush":true}}"#,
            #"{"timestamp":"2026-02-01T12:34:56.123456+09:00","message":"#, "{\"a\":", "[1,2]", "null", "{}",
            "{",
            "}", "\"", "\\", "\\u12", ":", ",", "Traceback (most recent call last):", " ", "\t", "\r", "\r\n",
            "\n",
            "\n\n", "password=secret", "가", "\u{2028}", "\u{1b}[31m", "1e400", "-", "[[[[[[[[",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0],
            [0xEF, 0xBB, 0xBF],
        ]

    mutating func bytes(upTo count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...count, using: &generator) {
            if Int.random(in: 0..<12, using: &generator) == 0 {
                bytes += (0..<Int.random(in: 1...300, using: &generator)).map { _ in
                    UInt8.random(in: .min ... .max, using: &generator)
                }
            } else {
                bytes += ByteFragments.pieces.randomElement(using: &generator)!
            }
            if Bool.random(using: &generator) { bytes.append(0x0A) }
        }
        return bytes
    }

    /// The bytes in pieces of random lengths.
    mutating func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let count = Int.random(in: 1...max(1, min(bytes.count - start, 97)), using: &generator)
            pieces.append(bytes[start..<start + count])
            start += count
        }
        return pieces
    }

    /// How many lines these bytes of a connection hold that aren't empty: worked out once more, without the framer.
    static func lines(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            var line = line
            if line.last == 0x0D { line.removeLast() }
            if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            return line.isEmpty ? nil : line
        }
    }
}
