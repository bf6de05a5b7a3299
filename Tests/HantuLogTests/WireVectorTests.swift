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
            let line = RecordLine(
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
        let line = RecordLine(
            label: "l", event: event, provided: ["a": "provider", "b": "provider"],
            own: ["a": "own", "b": "own", "c": ["own", ["d": "e"]]], time: 1_700_000_000_000_001)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.bytes.bytes)) as? [String: Any])
        let context = try #require(object["context"] as? NSDictionary)
        #expect(context == ["a": "record", "b": "provider", "c": ["own", ["d": "e"]]])
        #expect(
            String(decoding: line.bytes.bytes, as: UTF8.self).hasPrefix("{\"timestamp\":1700000000.000001,"))
    }
}
