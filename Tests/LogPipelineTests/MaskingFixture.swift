import Foundation
import LogPipeline
import Testing

/// One line of Tests/Fixtures/masking.jsonl, which the shims' tests read as well.
struct MaskingVector: CustomTestStringConvertible {
    let name: String
    let input: [UInt8]
    let masked: [UInt8]
    let isContext: Bool
    let configuration: MaskingConfiguration

    var testDescription: String { name }

    static func all() throws -> [MaskingVector] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/masking.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try MaskingVector(line: String($0))
        }
    }

    init(line: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let name = object["name"] as? String
        else { throw BadVector(line: line) }
        self.name = name
        if let text = object["text"] as? String, let masked = object["masked"] as? String {
            (input, self.masked, isContext) = (Array(text.utf8), Array(masked.utf8), false)
        } else if let context = object["context"], let masked = object["masked"] {
            input = Array(try JSONSerialization.data(withJSONObject: context))
            self.masked = Array(try JSONSerialization.data(withJSONObject: masked))
            isContext = true
        } else {
            throw BadVector(line: line)
        }
        var configuration = MaskingConfiguration()
        let given = object["configuration"] as? [String: [String]] ?? [:]
        configuration.fields = given["fields"] ?? []
        configuration.patterns = given["patterns"] ?? []
        configuration.exempt = given["exempt"] ?? []
        self.configuration = configuration
    }

    struct BadVector: Error {
        let line: String
    }
}
