import Glibc
import LogMasking
import LogModel
import LogPipeline

/// Bytes with exactly `OutputBuffer.slack` readable ones behind them: the next one is on a page that can't be
/// read, so that a load which goes too far ends the test.
struct GuardedBytes: ~Copyable {
    private let mapping: UnsafeMutableRawPointer
    private let size: Int
    let bytes: UnsafeBufferPointer<UInt8>

    /// `trap` fills the slack, over and over.
    init(_ content: [UInt8], trap: String) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let readable = (content.count + OutputBuffer.slack + page - 1) / page * page
        size = readable + page
        mapping = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        mprotect(mapping + readable, page, PROT_NONE)
        let start = (mapping + readable - OutputBuffer.slack - content.count)
            .assumingMemoryBound(to: UInt8.self)
        let trap = Array(trap.utf8)
        for i in 0..<content.count { start[i] = content[i] }
        for i in 0..<OutputBuffer.slack { start[content.count + i] = trap[i % trap.count] }
        bytes = UnsafeBufferPointer(start: start, count: content.count)
    }

    deinit { munmap(mapping, size) }
}

/// A masker between arrays and strings.
final class MaskerUnderTest {
    private var masker: Masker

    init(_ configuration: MaskingConfiguration = MaskingConfiguration()) throws {
        masker = try Masker(configuration)
    }

    /// The masked bytes, nil when nothing was masked.
    func masked(_ input: [UInt8], json: Bool = false, trap: String = "=1 password=x") -> [UInt8]? {
        let input = GuardedBytes(input, trap: trap)
        var output = OutputBuffer()
        output.append("kept|")
        let isMasked =
            json
            ? masker.mask(json: input.bytes, into: &output) : masker.mask(text: input.bytes, into: &output)
        precondition(output.bytes.starts(with: "kept|".utf8), "masking changed what stood in the output")
        precondition(isMasked || output.count == 5, "masking appended what it didn't report")
        return isMasked ? Array(output.bytes.dropFirst(5)) : nil
    }

    func masked(_ text: String, json: Bool = false) -> String {
        masked(Array(text.utf8), json: json).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// Whether something might be masked in the decoded text of this JSON string's content.
    func mightMask(normal content: [UInt8]) -> Bool {
        let content = GuardedBytes(content, trap: "=1 password=x")
        return masker.mightMask(normal: content.bytes)
    }

    func isSecret(_ name: String) -> Bool {
        let name = GuardedBytes(Array(name.utf8), trap: "password")
        return masker.isSecret(name: name.bytes)
    }
}
