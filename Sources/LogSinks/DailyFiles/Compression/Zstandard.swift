internal import CLibZstd
import Glibc

/// Packs with zstd; a small window keeps its working memory under 2 MiB.
final class ZstdEncoder: StreamEncoder {
    private let context = ZSTD_createCCtx()
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)

    init() {
        precondition(context != nil, "zstd: no memory")
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 18)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    func encode(
        _ input: UnsafeRawBufferPointer, last: Bool,
        emit: (UnsafeRawBufferPointer) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var left = 0
        repeat {
            var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            left = ZSTD_compressStream2(context, &target, &source, last ? ZSTD_e_end : ZSTD_e_continue)
            guard ZSTD_isError(left) == 0 else { throw SystemCallError(code: ENOMEM) }
            if target.pos > 0 { try emit(UnsafeRawBufferPointer(rebasing: output[..<target.pos])) }
        } while last ? left > 0 : source.pos < source.size
    }
}

/// Unpacks zstd frames, one behind the other.
final class ZstdDecoder: StreamDecoder {
    private let context = ZSTD_createDCtx()

    init() { precondition(context != nil, "zstd: no memory") }

    deinit { ZSTD_freeDCtx(context) }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(LogFileError) -> (taken: Int, made: Int, atEnd: Bool)
    {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(left) == 0 else { throw .damaged }
        return (source.pos, target.pos, left == 0)
    }
}
