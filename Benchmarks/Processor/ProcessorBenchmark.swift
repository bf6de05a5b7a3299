import Glibc
import LogModel
import LogPipeline

/// Runs the record's way over a file of lines, in memory alone: `processor-benchmark FILE [PASSES]` prints
/// nanoseconds per record, the least of all passes. Under `valgrind --tool=callgrind` it counts instructions.
@main
struct ProcessorBenchmark {
    static func main() throws {
        let path = CommandLine.arguments[1]
        let passes = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 20 : 20
        let bytes = read(path)
        var settings = RecordProcessor.Settings()
        settings.host = "host"
        // The corpus's own zone, as on the hosts that the daemon is for.
        let zone = read("/usr/share/zoneinfo/Asia/Seoul")
        settings.zone = try ZoneRules(name: "Asia/Seoul", tzif: Array(zone.bytes))
        settings.policy.store = nil
        var processor = RecordProcessor(settings, masker: try Masker(MaskingConfiguration()), clock: Now())
        let source = LineSource(peer: PeerCredentials(pid: 1, command: "benchmark"))
        var best = UInt64.max
        var records = 0
        for _ in 0..<passes {
            var framer = LineFramer(limit: 1 << 20)
            records = 0
            let start = Now().monotonicNanoseconds()
            var offset = 0
            while offset < bytes.count {
                let count = min(65536, bytes.count - offset)
                let chunk = UnsafeBufferPointer(rebasing: bytes.bytes[offset..<offset + count])
                framer.feed(chunk, slack: OutputBuffer.slack) { line, lost in
                    _ = processor.process(line, lost: lost, from: source)
                    records += 1
                }
                if processor.text.byteCount > 65536 { processor.text.take { _, _, _ in } }
                processor.errors.take { _, _, _ in }
                offset += count
            }
            best = min(best, Now().monotonicNanoseconds() - start)
        }
        print("\(records) records, \(best / UInt64(records)) ns per record")
    }

    static func read(_ path: String) -> OutputBuffer {
        var buffer = OutputBuffer(capacity: 1 << 20)
        let descriptor = open(path, O_RDONLY)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return buffer }
            chunk.withUnsafeBufferPointer { buffer.append(UnsafeBufferPointer(rebasing: $0[..<count])) }
        }
    }
}

struct Now: Clock {
    func now() -> Timestamp { Timestamp(seconds: 1_770_000_000) }
    func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
