import LogTesting

/// Texts made of the pieces that masking cares about, put together by chance.
struct MaskingFragments {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    static let pieces: [String] = [
        "=", ":", "==", ":=", "=>", "::", "://", "@", "/", "?", "#", "&", ",", ";", " ", "  ", "\t", "\n",
        "\r\n",
        "\"", "'", "\\", "\\\"", "\\\\\"", "\\'", "{", "}", "[", "]", "(", ")", "***MASKED***", "***", "*",
        "password", "token", "auth", "Authorization", "Cookie", "set-cookie", "api_key", "apiKey",
        "KISSecret", "key",
        "user_id", "비밀번호", "고객계좌번호", "사용자ID", "계좌", "account", "acct", "Accounts", "monkey", "tokens",
        "author", "x", "a.b", "_", "-", "1", "12", "1234567", "12345678", "12345678-12", "20260201-01",
        "1234567890",
        "900101-1234567", "-01", "eyJ", "eyJhbGciOiJI.eyJzdWIi.c2ln", ".", "eyJa.b", "Bearer", "bearer ",
        "Bearer abc12345", "Basic ", "Digest ", "123456789:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
        "postgres://u:pw@h", "redis://:p@h/0", "null", "None", "nil", "true", "원", "가나다", "✅", "b'", "r\"",
        "SecretStr('x')", "\\n", "\\u0026", "\u{00A0}", "\0",
    ]

    /// Without anything that a rule could begin at.
    static let harmless: [String] = [
        " ", "\n", "주문", "체결", "price", "order", "12", "34567", "(", ")", "✅", "ok", "50%", "1,234", ".",
        "계산",
        "token", "password", "key", "Bear with us", "ac", "cc", "\"", "'", "\\", "#7", " - ", "a-b", "/",
        "@",
    ]

    mutating func text(of pieces: [String] = MaskingFragments.pieces, upTo count: Int) -> String {
        (0..<Int.random(in: 0...count, using: &generator)).map { _ in one(of: pieces) }.joined()
    }

    mutating func one(of pieces: [String]) -> String { pieces.randomElement(using: &generator)! }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
    }
}
