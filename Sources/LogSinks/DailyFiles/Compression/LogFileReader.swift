import Glibc

/// Reads a daily file from its beginning, plain or compressed with gzip or zstd, in bounded memory.
///
/// What it is is seen in its first bytes, not in its name. A compressed file may have several members.
package struct LogFileReader {
    private let file: ReadableFile
    private let input = Input()
    private var decoder: (any StreamDecoder)?
    private var atEnd = true

    private final class Input {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        var waiting = 0..<0
        var ended = false
        deinit { storage.deallocate() }
    }

    /// Opens a regular file; a symbolic link is not followed.
    package init(path: String) throws(LogFileError) {
        let descriptor = retrying { open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system(SystemCallError(code: errno)) }
        let file: ReadableFile
        do { file = try ReadableFile(descriptor: descriptor) } catch { throw .system(error) }
        try self.init(file)
    }

    init(_ file: ReadableFile) throws(LogFileError) {
        self.file = file
        try refill()
        let start = input.storage[input.waiting]
        if start.starts(with: [0x1F, 0x8B]) {
            decoder = GzipDecoder()
        } else if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            decoder = ZstdDecoder()
        }
    }

    /// Fills the buffer or a part of it; 0 at the end. A plain file that grew can be read on after that.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogFileError) -> Int {
        guard let decoder else { return try readPlain(into: buffer) }
        while true {
            if input.waiting.isEmpty, !input.ended { try refill() }
            if input.waiting.isEmpty, input.ended, atEnd { return 0 }
            let step = try decoder.decode(
                UnsafeRawBufferPointer(rebasing: input.storage[input.waiting]), into: buffer)
            input.waiting = input.waiting.dropFirst(step.taken)
            atEnd = step.atEnd
            if step.made > 0 { return step.made }
            if step.taken == 0, input.ended { throw .truncated }
        }
    }

    private func readPlain(into buffer: UnsafeMutableRawBufferPointer) throws(LogFileError) -> Int {
        if !input.waiting.isEmpty {
            let part = input.storage[input.waiting].prefix(buffer.count)
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            input.waiting = input.waiting.dropFirst(part.count)
            return part.count
        }
        do { return try file.read(into: buffer) } catch { throw .system(error) }
    }

    private func refill() throws(LogFileError) {
        do {
            let count = try file.read(into: input.storage)
            input.waiting = 0..<count
            input.ended = count == 0
        } catch { throw .system(error) }
    }
}
