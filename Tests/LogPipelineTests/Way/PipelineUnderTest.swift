import Foundation
import LogModel
import LogPipeline
import LogTesting

/// Frame, decode, mask, route and format of one connection's bytes, with every record in both files.
struct PipelineUnderTest: ~Copyable {
    private var framer: LineFramer
    private(set) var processor: RecordProcessor
    private let source: LineSource
    private(set) var outcomes: [LineOutcome] = []

    init(
        limit: Int = 4096, zone: ZoneRules = .utc, clock: any Clock = ManualClock(),
        _ change: (inout RecordProcessor.Settings) -> Void = { _ in }
    ) throws {
        var settings = RecordProcessor.Settings()
        settings.zone = zone
        settings.host = "host"
        settings.policy.errors = .debug
        change(&settings)
        framer = LineFramer(limit: limit)
        processor = RecordProcessor(settings, masker: try Masker(MaskingConfiguration()), clock: clock)
        source = LineSource(peer: PeerCredentials(pid: 7, command: "tester"))
    }

    var records: Int { outcomes.count { $0 != .control } }

    /// Sets the time of receipt of what follows.
    mutating func setTime(_ time: Timestamp) { processor.setTime(time) }

    /// What one read brings.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        var buffer = OutputBuffer(capacity: max(bytes.count, 1))
        for byte in bytes { buffer.append(byte) }
        framer.feed(buffer.bytes, slack: OutputBuffer.slack) { line, lost in
            outcomes.append(processor.process(line, lost: lost, from: source))
        }
    }

    /// The end of the connection.
    mutating func finish() {
        framer.finish { line, lost in outcomes.append(processor.process(line, lost: lost, from: source)) }
    }

    /// The lines of the text files by day, without their newlines; they are taken out.
    mutating func takeText() -> [String: [String]] { PipelineUnderTest.take(&processor.text) }

    /// The lines of the error files by day.
    mutating func takeErrors() -> [String: [String]] { PipelineUnderTest.take(&processor.errors) }

    private static func take(_ buffers: inout DayBuffers) -> [String: [String]] {
        var days: [String: [String]] = [:]
        buffers.take { day, buffer, _ in
            let text = String(decoding: buffer.bytes, as: UTF8.self)
            // By scalars: for Swift, \r\n is one character.
            days[day.compact, default: []] += text.unicodeScalars.split(separator: "\n").map { String($0) }
        }
        return days
    }
}

/// A zone of this machine's database.
func systemZone(_ name: String) throws -> ZoneRules {
    try ZoneRules(
        name: name, tzif: [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))))
}
