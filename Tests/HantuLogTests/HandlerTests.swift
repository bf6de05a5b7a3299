import LogMasking
import LogModel
import Logging
import Testing

@testable import HantuLog

struct HandlerTests {
    @Test("Level and metadata set on one logger stay with it")
    func valueSemantics() {
        let handler = HantuLogHandler(label: "l", client: Client(service: "test", socket: "/nonexistent"))
        var first = Logger(label: "l") { _ in handler }
        first.logLevel = .debug
        first[metadataKey: "only-on"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "only-on"] = "second"
        #expect(first.logLevel == .debug && first[metadataKey: "only-on"] == "first")
        #expect(second.logLevel == .error && second[metadataKey: "only-on"] == "second")
    }

    @Test("A trace holds for its block and its child tasks, and nests")
    func traces() async throws {
        #expect(TraceID.current == nil)
        try await withTraceID {
            let outer = try #require(TraceID.current)
            #expect(outer.count == 8)
            async let inherited = TraceID.current
            #expect(await inherited == outer)
            withTraceID("inner") { #expect(TraceID.current == "inner") }
            #expect(TraceID.current == outer)
        }
        #expect(TraceID.current == nil)
    }

    @Test("What goes to stderr is masked, and names its service")
    func masksBeforeStderr() {
        var masker = Masker()
        var out = OutputBuffer()
        let line = #"{"level":"INFO","message":"login password=hunter2","context":{"api_key":"k"}}"# + "\n"
        StandardError.mask(Array(line.utf8), service: "batch", with: &masker, into: &out)
        let expected =
            #"{"service":"batch","level":"INFO","message":"login password=***MASKED***","#
            + #""context":{"api_key":"***MASKED***"}}"# + "\n"
        #expect(String(decoding: out.bytes, as: UTF8.self) == expected)
    }
}
