import Foundation
import LogPipeline
import Testing

@Suite struct MaskingJSONTests {
    @Test func `what isn't masked stays byte for byte`() throws {
        let masker = try MaskerUnderTest()
        #expect(
            masker.masked(
                #"{ "a\/b" : 1e400 ,"t":"\u00e9\/ password=x\n\ud83d\ude00","p\u0061ssword" :  {"x":[1]} , "n":null}"#,
                json: true)
                == #"{ "a\/b" : 1e400 ,"t":"\u00e9\/ password=***MASKED***\n\ud83d\ude00","p\u0061ssword" :  "#
                + #""***MASKED***" , "n":null}"#)
    }

    @Test func `every kind of value under a secret key is replaced whole`() throws {
        let masker = try MaskerUnderTest()
        let values = [
            "1", "-0.5e+3", "true", "false", "{}", "[]", #"{"a":"}\"]","b":[{}]}"#, #"["]",[["\\"]]]"#,
            #""a\"b""#,
            #""""#,
        ]
        for value in values {
            #expect(
                masker.masked("[{\"key\" :\t\(value) , \"n\":\(value)}]", json: true)
                    == "[{\"key\" :\t\"***MASKED***\" , \"n\":\(value)}]")
        }
        #expect(masker.masked(Array(#"{"key": null,"a":[null]}"#.utf8), json: true) == nil)
    }

    @Test func `a value alone is masked like any string`() throws {
        let masker = try MaskerUnderTest()
        #expect(masker.masked(#""password=x""#, json: true) == #""password=***MASKED***""#)
        for value in ["17", "null", "\"\"", "[]", "{}", " "] {
            #expect(masker.masked(Array(value.utf8), json: true) == nil)
        }
    }

    @Test func `lone surrogates and escapes at the edges of a secret keep their places`() throws {
        let masker = try MaskerUnderTest()
        #expect(
            masker.masked(#"["\ud800password=\udc00\ud83d\n\\\"x"]"#, json: true)
                == #"["\ud800password=***MASKED***\n\\\"x"]"#)
        #expect(
            masker.masked(#"["\"token\":\"a\\\"b\\\\\",1"]"#, json: true)
                == #"["\"token\":\"***MASKED***\",1"]"#)
    }

    @Test func `depth costs no stack`() throws {
        let masker = try MaskerUnderTest()
        let open = String(repeating: "{\"a\":[", count: 256)
        let close = String(repeating: "]}", count: 256)
        #expect(
            masker.masked("\(open){\"token\":\(open)1\(close)}\(close)", json: true)
                == "\(open){\"token\":\"***MASKED***\"}\(close)")
    }

    @Test func `an account key announces its number`() throws {
        let masker = try MaskerUnderTest()
        #expect(
            masker.masked(
                #"{"kisAccount":1234567890,"계좌":"20260201-01","accounts":["1234567890",1234567890]}"#,
                json: true)
                == #"{"kisAccount":"***MASKED***","계좌":"***MASKED***","accounts":["1234567890",1234567890]}"#)
        let ordinary =
            #"{"order":1234567890,"account":12345678901,"accounting":1234567890,"account":1234567890.5}"#
        #expect(masker.masked(ordinary, json: true) == ordinary)
    }

    /// A random value, as it goes in and as it should come out.
    private static func value(_ fragments: inout MaskingFragments, depth: Int) -> (
        input: String, masked: String
    ) {
        func choose(_ count: Int) -> Int { Int.random(in: 0..<count, using: &fragments.generator) }
        let strings = [#"a\/b"#, #"\u0041\n"#, "주문", "", #"\"\\"#, "✅", #"\ud83d\ude00"#, "x y", "{[,]}"]
        switch choose(depth > 0 ? 6 : 4) {
        case 0: return ("null", "null")
        case 1: return ("-1.50e3", "-1.50e3")
        case 2:
            let text = fragments.one(of: strings)
            return ("\"\(text)\"", "\"\(text)\"")
        case 3:
            let (before, after) = (fragments.one(of: strings), fragments.one(of: strings))
            return ("\"\(before) api_key=S3 \(after)\"", "\"\(before) api_key=***MASKED*** \(after)\"")
        case 4:
            let items = (0..<choose(4)).map { _ in value(&fragments, depth: depth - 1) }
            let gap = fragments.one(of: ["", " ", "\n\t"])
            return (
                "[" + items.map { gap + $0.input }.joined(separator: ",") + "]",
                "[" + items.map { gap + $0.masked }.joined(separator: ",") + "]"
            )
        default:
            let members = (0..<choose(4)).map { _ in
                let key = fragments.one(of: [
                    "a", #"t\u006fken"#, "kisAppSecret", "monkey", "고객비밀번호", #"\n"#, "=:",
                ])
                let value = value(&fragments, depth: depth - 1)
                let isSecret = !["a", "monkey", #"\n"#, "=:"].contains(key) && value.input != "null"
                let gap = fragments.one(of: [":", ": ", " :\n"])
                let masked = isSecret ? "\"***MASKED***\"" : value.masked
                return ("\"\(key)\"\(gap)\(value.input)", "\"\(key)\"\(gap)\(masked)")
            }
            return (
                "{" + members.map(\.0).joined(separator: ", ") + "}",
                "{" + members.map(\.1).joined(separator: ", ") + "}"
            )
        }
    }

    @Test func `random values come out as built`() throws {
        var fragments = MaskingFragments(seed: 6)
        let masker = try MaskerUnderTest()
        for _ in 0..<10_000 {
            let (input, masked) = MaskingJSONTests.value(&fragments, depth: 5)
            #expect(masker.masked(input, json: true) == masked, "\(input)")
        }
    }

    @Test func `whatever stands in a string, the output is JSON again`() throws {
        var fragments = MaskingFragments(seed: 7)
        let masker = try MaskerUnderTest()
        for _ in 0..<10_000 {
            let object = ["x" + fragments.text(upTo: 6): fragments.text(upTo: 15)]
                .merging(["token": fragments.text(upTo: 3)]) { $1 }
            let input = Array(try JSONSerialization.data(withJSONObject: object))
            let output = masker.masked(input, json: true) ?? input
            let parsed = try JSONSerialization.jsonObject(with: Data(output)) as? [String: String]
            #expect(parsed?.count == object.count, "\(String(decoding: input, as: UTF8.self))")
            #expect(parsed?["token"] == "***MASKED***")
            for key in object.keys
            where key != "token" && !masker.isSecret(key) && !key.contains("cc") && !key.hasSuffix("계좌") {
                #expect(
                    parsed?[key] == masker.masked(object[key]!), "\(String(decoding: input, as: UTF8.self))")
            }
        }
    }
}
