import LogPipeline
import Testing

@Suite struct MaskingPatternTests {
    static func masker(_ patterns: String...) throws -> MaskerUnderTest {
        var configuration = MaskingConfiguration()
        configuration.patterns = patterns
        return try MaskerUnderTest(configuration)
    }

    @Test func `a bad expression is refused with its place and PCRE2's words`() {
        do {
            _ = try MaskingPatternTests.masker("ok", "a(b")
            Issue.record("was accepted")
        } catch MaskingError.badPattern(let pattern, let offset, let reason) {
            #expect(pattern == "a(b")
            #expect(offset == 3)
            #expect(reason == "missing closing parenthesis")
        } catch {
            Issue.record(error)
        }
    }

    @Test func `an expression that explodes finds nothing and ends`() throws {
        let masker = try MaskingPatternTests.masker("(x+x+)+y", "KR-\\d")
        let text = String(repeating: "x", count: 5000) + " KR-1"
        #expect(masker.masked(text) == String(repeating: "x", count: 5000) + " ***MASKED***")
    }

    @Test func `an expression that needs more stack than there is finds nothing`() throws {
        let masker = try MaskingPatternTests.masker("(?:(a)|b(?1))*c\\1")
        let text = String(repeating: "ab", count: 200_000)
        #expect(masker.masked(text) == text)
    }

    @Test func `expressions know letters beyond ASCII`() throws {
        let masker = try MaskingPatternTests.masker("\\b고객\\w+")
        #expect(masker.masked("어떤 고객홍길동 님, 단골고객") == "어떤 ***MASKED*** 님, 단골고객")
    }

    @Test func `a match that looks behind itself is masked without what it saw there`() throws {
        let masker = try MaskingPatternTests.masker("(?<=id )\\d+", "x\\Ky")
        #expect(masker.masked("id 77 ab xy") == "id ***MASKED*** ab x***MASKED***")
    }

    @Test func `matches that touch or overlap lose nothing of the rest`() throws {
        let masker = try MaskingPatternTests.masker("b+", "cd", "bc")
        #expect(masker.masked("abbcde") == "a***MASKED***e")
    }

    @Test func `expressions work inside escaped JSON strings`() throws {
        let masker = try MaskingPatternTests.masker("가-\\d+")
        #expect(
            masker.masked(#"{"a":"\uac00-12\n","b\/":"\/"}"#, json: true)
                == #"{"a":"***MASKED***\n","b\/":"\/"}"#)
    }
}
