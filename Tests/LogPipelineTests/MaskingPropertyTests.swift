import LogPipeline
import Testing

@Suite struct MaskingPropertyTests {
    static let traps = ["=1 password=x", "\"'}] ", "0123456789", "A-_.:@", "\0"]

    @Test func `what lies behind the text changes nothing`() throws {
        var fragments = MaskingFragments(seed: 1)
        let masker = try MaskerUnderTest()
        for round in 0..<20_000 {
            let text = round % 4 == 0 ? fragments.bytes(upTo: 200) : Array(fragments.text(upTo: 20).utf8)
            let results = MaskingPropertyTests.traps.map { masker.masked(text, trap: $0) }
            #expect(Set(results).count == 1, "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }

    @Test func `masking twice equals masking once`() throws {
        var fragments = MaskingFragments(seed: 2)
        let masker = try MaskerUnderTest()
        for _ in 0..<20_000 {
            let text = fragments.text(upTo: 20)
            let once = masker.masked(text)
            #expect(masker.masked(once) == once, "\(text.debugDescription)")
        }
    }

    @Test func `a text without an anchor is never changed`() throws {
        var fragments = MaskingFragments(seed: 3)
        let masker = try MaskerUnderTest()
        for _ in 0..<20_000 {
            let text = fragments.text(of: MaskingFragments.harmless, upTo: 40)
            #expect(masker.masked(Array(text.utf8)) == nil, "\(text.debugDescription)")
        }
    }

    /// § is where the secret goes.
    static let forms: [String] = [
        "password=§", "password: §", "\"api_key\": \"§\"", "'secret': '§'", "\"token\"='§'",
        "x_auth = \"a §\"",
        "{\\\"password\\\":\\\"§\\\"}", "token => §", "key := §", "token==§", "비밀번호=§", "고객계좌번호: '§'",
        "Authorization: Basic §", "set-cookie: a=1; b=§", "auth: Bearer §", "Bearer §9", "kisAppSecret=§",
        "eyJhbGci.eyJzdWIi§.c2ln", "eyJhbGci.eyJzdWIi.§", "https://u:§@h/x", "redis://:a:§@h",
        "key={'a': ['§']}",
        "token=[1, \"§\"]", "password=b'§'", "password=SecretStr('§')", "passphrase: str = \"§\"",
        "?token=§&x=1",
        "secret=\"un\\\"quoted § \\\\\"", "headers['Authorization'] = '§'",
    ]

    /// No quotes: one that is left open may close where the planted secret opens.
    static let around: [String] =
        MaskingFragments.pieces.filter { !$0.contains { "\"'\\".contains($0) } }
        + MaskingFragments.harmless.filter {
            !$0.contains { "\"'\\".contains($0) }
        }

    @Test func `a planted secret is never in the output`() throws {
        var fragments = MaskingFragments(seed: 4)
        let masker = try MaskerUnderTest()
        for _ in 0..<20_000 {
            let secret =
                "Zq7" + String(UInt32.random(in: 0...UInt32.max, using: &fragments.generator), radix: 36)
            let form = fragments.one(of: MaskingPropertyTests.forms)
            let planted = form.split(separator: "§", omittingEmptySubsequences: false).joined(
                separator: secret)
            let text =
                fragments.text(of: MaskingPropertyTests.around, upTo: 8)
                + fragments.one(of: [" x ", "\n", "\nx ", " x, "])
                + planted + fragments.one(of: ["", " ", "\n", ", "])
                + fragments.text(of: MaskingPropertyTests.around, upTo: 8)
            #expect(!masker.masked(text).contains(secret), "\(text.debugDescription)")
        }
    }

    @Test func `a planted number is never in the output`() throws {
        var fragments = MaskingFragments(seed: 5)
        let masker = try MaskerUnderTest()
        let numbers = ["61730955-02", "880229-1098765", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"]
        let announced = ["계좌 20260201-01", "account: 5042124301", "ACCT 20260201-01"]
        for _ in 0..<15_000 {
            let planted = fragments.one(of: numbers + announced)
            let text =
                fragments.text(of: MaskingPropertyTests.around, upTo: 8)
                + fragments.one(of: [" x ", "\n", "\nx/", " 가 "])
                + planted + fragments.one(of: [" ", "\n", ", ", "입니다", ". "])
                + fragments.text(of: MaskingPropertyTests.around, upTo: 8)
            #expect(!masker.masked(text).contains(planted), "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        "-eyJ", "eyJ.", "eyJa.", "key:", "token=", "token=null ", "\\", "\"", "'", "a://", "a:b@", "bearer ",
        "계좌 ",
        "account ", "=", ":", "[", "{\"", "key={", "key=\"", "_", "password_", " ", "12345678-", "12345678:",
        "key: a =", "key=b'", "auth: Digest a=", "::", "\\\"key\\\":", "***", "key=(\\\"", "x=SecretStr('",
    ])
    func `the time grows with the length and no faster`(piece: String) throws {
        let masker = try MaskerUnderTest()
        let text = Array(String(repeating: piece, count: 1 << 18 / piece.utf8.count).utf8)
        let began = ContinuousClock.now
        _ = masker.masked(text)
        _ = masker.masked(Array("key: ".utf8) + text)
        _ = masker.masked(
            Array("[\"".utf8) + text.filter { $0 != 0x22 && $0 != 0x5C } + Array("\"]".utf8), json: true)
        // A quadratic rule takes minutes.
        #expect(ContinuousClock.now - began < .seconds(10))
    }
}
