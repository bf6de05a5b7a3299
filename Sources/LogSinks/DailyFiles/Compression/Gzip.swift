internal import CLibZ
import Glibc

/// Packs with zlib; 270 KB of working memory.
final class GzipEncoder: StreamEncoder {
    private var stream = z_stream()
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)

    init() {
        // 15 bits of window, and 16 for gzip's header instead of zlib's.
        let result = deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib: \(result)")
    }

    deinit {
        deflateEnd(&stream)
        output.deallocate()
    }

    func encode(
        _ input: UnsafeRawBufferPointer, last: Bool,
        emit: (UnsafeRawBufferPointer) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(input.count)
        repeat {
            stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(output.count)
            let result = deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH)
            precondition(result != Z_STREAM_ERROR, "zlib lost its state")
            let made = output.count - Int(stream.avail_out)
            if made > 0 { try emit(UnsafeRawBufferPointer(rebasing: output[..<made])) }
        } while stream.avail_out == 0
        if last { deflateReset(&stream) }
    }
}

/// Unpacks gzip members, one behind the other.
final class GzipDecoder: StreamDecoder {
    private var stream = z_stream()

    init() {
        let result = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib: \(result)")
    }

    deinit { inflateEnd(&stream) }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(LogFileError) -> (taken: Int, made: Int, atEnd: Bool)
    {
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(output.count)
        let result = inflate(&stream, Z_NO_FLUSH)
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { throw .damaged }
        if result == Z_STREAM_END { inflateReset(&stream) }
        return (
            input.count - Int(stream.avail_in), output.count - Int(stream.avail_out), result == Z_STREAM_END
        )
    }
}
