import LogModel
import LogPipeline

/// One input of libFuzzer: bytes of a connection, read in pieces, go the whole way of a record. What must hold
/// whatever the bytes are is checked behind it; memory is AddressSanitizer's business.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard size > 1 else { return 0 }
    // The first byte says how large the pieces are, so that lines are cut everywhere.
    let piece = Int(data[0]) * 16 + 1
    var pipeline = FuzzedPipeline()
    var offset = 1
    while offset < size {
        let count = min(piece, size - offset)
        pipeline.feed(UnsafeBufferPointer(start: data + offset, count: count))
        offset += count
    }
    pipeline.finish()
    pipeline.check()
    return 0
}

private struct FixedClock: Clock {
    func now() -> Timestamp { Timestamp(seconds: 1_769_916_896, nanoseconds: 123_000_000, precision: 3) }
    func monotonicNanoseconds() -> UInt64 { 1 }
}

private struct FuzzedPipeline: ~Copyable {
    private var framer = LineFramer(limit: 4096)
    private var processor: RecordProcessor
    private let source = LineSource(peer: PeerCredentials(pid: 7, command: "fuzz"))
    private var records = 0

    init() {
        var settings = RecordProcessor.Settings()
        settings.policy.errors = .debug
        settings.policy.journal = .warning
        settings.host = "host"
        guard let masker = try? Masker(MaskingConfiguration()) else {
            preconditionFailure("the built-in mask")
        }
        processor = RecordProcessor(settings, masker: masker, clock: FixedClock())
    }

    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
        // The reader's buffer has slack behind it; libFuzzer's memory has none.
        var buffer = OutputBuffer(capacity: bytes.count)
        buffer.append(bytes)
        framer.feed(buffer.bytes, slack: OutputBuffer.slack) { line, lost in
            if case .record = processor.process(line, lost: lost, from: source) { records += 1 }
        }
    }

    mutating func finish() {
        framer.finish { line, lost in
            if case .record = processor.process(line, lost: lost, from: source) { records += 1 }
        }
    }

    /// Every record is one line of text without a control character and one error line that reads back.
    mutating func check() {
        var textLines = 0
        processor.text.take { _, buffer, _ in
            for byte in buffer.bytes {
                if byte == 0x0A { textLines += 1 } else { precondition(byte >= 0x20 && byte != 0x7F) }
            }
        }
        precondition(textLines == records, "\(records) records, \(textLines) text lines")
        var errorLines = 0
        processor.errors.take { _, buffer, _ in
            var start = 0
            for (index, byte) in buffer.bytes.enumerated() where byte == 0x0A {
                let line = UnsafeBufferPointer(rebasing: buffer.bytes[start..<index])
                precondition(LogRecord(wire: line) != nil, "an error line doesn't read back")
                errorLines += 1
                start = index + 1
            }
        }
        precondition(errorLines == records, "\(records) records, \(errorLines) error lines")
        if let chunk = processor.takeSpoolChunk() {
            let whole = chunk.withBytes { bytes in
                RecordFrame.forEach(in: bytes) { _, _, payload in
                    precondition(LogRecord(wire: payload) != nil, "a frame doesn't read back")
                }
            }
            precondition(whole, "frames are torn")
        }
    }
}
