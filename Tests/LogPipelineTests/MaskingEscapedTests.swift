import LogModel
import LogPipeline
import Testing

/// The look at a JSON string's content that spares decoding it.
@Suite struct MaskingEscapedTests {
    /// The text as a JSON string's content; nil where that takes an escape with a `u`.
    private func content(of text: String) -> [UInt8]? {
        var plain = OutputBuffer()
        plain.append(text: text)
        var out = OutputBuffer()
        JSONText.encode(plain.bytes, into: &out)
        let content = Array(out.bytes)
        return zip(content, content.dropFirst()).contains {
            $0 == UInt8(ascii: "\\") && $1 == UInt8(ascii: "u")
        }
            ? nil : content
    }

    @Test func `where it says no, nothing is masked in the decoded text`() throws {
        var fragments = MaskingFragments(seed: 11)
        let maskers = try [MaskingConfiguration(), short].map { try MaskerUnderTest($0) }
        var sparedWithEscapes = 0
        for _ in 0..<20_000 {
            let text = fragments.text(upTo: 12)
            guard let content = content(of: text) else { continue }
            for masker in maskers where !masker.mightMask(normal: content) {
                #expect(masker.masked(Array(text.utf8)) == nil, "\(text.debugDescription)")
                if content.count > text.utf8.count { sparedWithEscapes += 1 }
            }
        }
        #expect(sparedWithEscapes > 300)
    }

    /// Names as short as they may be.
    private var short: MaskingConfiguration {
        var configuration = MaskingConfiguration()
        configuration.fields = ["x", "ab"]
        return configuration
    }

    @Test(arguments: [
        "Traceback (most recent call last):\n  File \"/opt/x.py\", line 12, in run\n    result = self._run(x, timeout=3)\n",
        "Error: no\n    at run (/opt/x.js:12:5)\n    at main (/opt/y.js:7:1)\n",
    ])
    func `a stack trace without secrets isn't decoded`(text: String) throws {
        let content = try #require(self.content(of: text))
        #expect(try !MaskerUnderTest().mightMask(normal: content))
    }

    @Test(arguments: [
        "a\npassword=x", "a \"token\": \"x\"", "key\t=1", "key\\=1", "\nkey=1", "eyJ", "Bearer x", "account",
        "\n12345678-01", "https://u:p@h",
    ])
    func `what might be a secret is looked at`(text: String) throws {
        let content = try #require(self.content(of: text))
        #expect(try MaskerUnderTest().mightMask(normal: content))
    }

    @Test func `with expressions everything is looked at`() throws {
        var configuration = MaskingConfiguration()
        configuration.patterns = ["q+"]
        #expect(try MaskerUnderTest(configuration).mightMask(normal: Array("plain".utf8)))
    }
}
