import Foundation
import LogModel
import Logging
import Testing

@testable import HantuLog

/// Tests/Fixtures/wire.jsonl, which the Python client's tests read as well.
struct WireVectorTests {
    struct InsufficientBalance: Error {}

    static func vectors() throws -> [[String: Any]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/wire.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("A record looks on the wire as the shared vectors say")
    func vectorsHold() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count >= 12)
        for vector in vectors {
            let call = try #require(vector["call"] as? [String: Any])
            let expected = try #require(vector["sent"] as? [String: Any])
            let sent = try Self.send(call)
            let name = vector["name"] as? String ?? ""
            #expect(Set(sent.keys) == Set(expected.keys), "\(name)")
            for (key, value) in expected {
                switch value as? String {
                case "<time>": #expect((sent[key] as? Double ?? 0) > 1.7e9, "\(name)")
                case "<uuid>": #expect((sent[key] as? String)?.count == 36, "\(name)")
                case "<text>": #expect((sent[key] as? String)?.isEmpty == false, "\(name)")
                default: #expect(value as? NSObject == sent[key] as? NSObject, "\(name): \(key)")
                }
            }
        }
    }

    private static func send(_ call: [String: Any]) throws -> [String: Any] {
        var metadata = (call["context"] as? [String: String] ?? [:]).mapValues {
            Logger.MetadataValue.string($0)
        }
        for name in ["outcome", "notify"] {
            if let value = call[name] as? String { metadata[name] = .string(value) }
        }
        let event = LogEvent(
            level: try level(call["level"] as? String), message: "\(call["message"] as? String ?? "")",
            error: call["error"] == nil ? nil : InsufficientBalance(), metadata: metadata, source: nil,
            file: "\(call["module"] as? String ?? "").swift", function: call["function"] as? String ?? "",
            line: UInt(call["line"] as? Int ?? 0))
        return try TraceID.$current.withValue(call["trace_id"] as? String) {
            let line = RecordLine.encode(
                label: call["logger"] as? String ?? "", event: event, provided: [:], own: [:],
                time: Client.now())
            let bytes = Array(line.bytes.bytes)
            #expect(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().allSatisfy { $0 >= 0x20 })
            return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        }
    }

    private static func level(_ name: String?) throws -> Logger.Level {
        try #require(Logger.Level(rawValue: (name ?? "").lowercased()))
    }

    @Test("What a record says wins over the provider, and that over the logger's own metadata")
    func metadataIsMerged() throws {
        let event = LogEvent(
            level: .info, message: "x", metadata: ["a": "record"], source: nil, file: "m", function: "f",
            line: 1)
        let line = RecordLine.encode(
            label: "l", event: event, provided: ["a": "provider", "b": "provider"],
            own: ["a": "own", "b": "own", "c": ["own", ["d": "e"]]], time: 1_700_000_000_000_001)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.bytes.bytes)) as? [String: Any])
        let context = try #require(object["context"] as? NSDictionary)
        #expect(context == ["a": "record", "b": "provider", "c": ["own", ["d": "e"]]])
        #expect(
            String(decoding: line.bytes.bytes, as: UTF8.self).hasPrefix("{\"timestamp\":1700000000.000001,"))
    }

    @Test("Numbers and truth values stay what they are; what JSON has no form for is described, and flagged")
    func valuesThatAreNoText() throws {
        func context(_ metadata: Logger.Metadata) throws -> NSDictionary {
            let event = LogEvent(
                level: .info, message: "x", metadata: metadata, source: nil, file: "m", function: "f", line: 1
            )
            let line = RecordLine.encode(label: "l", event: event, provided: nil, own: [:], time: 1)
            let object = try JSONSerialization.jsonObject(with: Data(line.bytes.bytes)) as? [String: Any]
            return try #require(object?["context"] as? NSDictionary)
        }
        let plain: Logger.Metadata = [
            "i": .stringConvertible(5), "d": .stringConvertible(1.5), "b": .stringConvertible(true),
            "s": .stringConvertible("t"),
        ]
        #expect(try context(plain) == ["i": 5, "d": 1.5, "b": true, "s": "t"])
        let odd: Logger.Metadata = ["a": [.stringConvertible(Double.nan)], "n": .stringConvertible(1...2)]
        #expect(try context(odd) == ["a": ["nan"], "n": "1...2", "not_json": true])
        let own: Logger.Metadata = ["n": .stringConvertible(1...2), "not_json": "mine"]
        #expect(try context(own) == ["n": "1...2", "not_json": "mine"])
    }

    @Test("A value that logs while it is described spoils no record")
    func describedWhileEncoding() throws {
        struct Talkative: CustomStringConvertible {
            var description: String {
                let event = LogEvent(
                    level: .info, message: "inner", metadata: nil, source: nil, file: "m", function: "f",
                    line: 1)
                RecordLine.encode(label: "inner", event: event, provided: nil, own: [:], time: 1).recycle()
                return "talked"
            }
        }
        let event = LogEvent(
            level: .info, message: "outer", metadata: ["v": .stringConvertible(Talkative())], source: nil,
            file: "m", function: "f", line: 1)
        for _ in 0..<3 {
            let line = RecordLine.encode(label: "outer", event: event, provided: nil, own: [:], time: 1)
            let text = String(decoding: line.bytes.bytes, as: UTF8.self)
            #expect(text.contains("outer") && text.contains("talked") && !text.contains("inner"))
            line.recycle()
        }
    }

    @Test("A text that ends where nothing may be read any more is taken as any other")
    func textAtTheEndOfAPage() throws {
        let pages = try #require(mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(pages, 8192) }
        mprotect(pages + 4096, 4096, PROT_NONE)
        for count in [1, 15, 16, 17, 100] {
            let text = UnsafeMutableRawBufferPointer(start: pages + 4096 - count, count: count)
            text.copyBytes(from: repeatElement(UInt8(ascii: "x"), count: count))
            let event = LogEvent(
                level: .info, message: "m", metadata: nil, source: nil, file: "f", function: "f", line: 1)
            var line = RecordLine.encode(label: "l", event: event, provided: nil, own: [:], time: 1)
            line.append(content: UnsafeBufferPointer(text.assumingMemoryBound(to: UInt8.self)))
            #expect(line.bytes.bytes.suffix(count).allSatisfy { $0 == UInt8(ascii: "x") })
        }
    }

    @Test("A source that the call named is in the context; without one the file says it")
    func source() throws {
        func context(source: String?, file: String, _ metadata: Logger.Metadata = [:]) throws -> NSDictionary?
        {
            let event = LogEvent(
                level: .info, message: "x", metadata: metadata, source: source, file: file, function: "f",
                line: 1)
            let line = RecordLine.encode(label: "l", event: event, provided: nil, own: [:], time: 1)
            let object = try JSONSerialization.jsonObject(with: Data(line.bytes.bytes)) as? [String: Any]
            return object?["context"] as? NSDictionary
        }
        #expect(try context(source: nil, file: "Orders/Router.swift") == nil)
        #expect(try context(source: nil, file: "Router.swift") == nil)
        #expect(try context(source: "Payments", file: "Orders/Router.swift") == ["source": "Payments"])
        #expect(try context(source: "P", file: "O/R.swift", ["source": "own"]) == ["source": "own"])
    }
}
