import LogModel

/// A chunk, or what of it is not written yet.
struct FilePiece {
    var chunk: FileChunk
    /// The next byte to write.
    var offset = 0

    var count: Int { chunk.byteCount - offset }

    /// Whether a part of the line at `offset` is in the file already.
    var isMidLine: Bool { offset > 0 && chunk.bytes[offset - 1] != 0x0A }

    /// Starts the line at `offset` over.
    mutating func rewind() { offset = chunk.lineStart(of: offset) }

    /// What stderr should show of it: the whole line where it is torn, and all that follows.
    var wholeLines: UnsafeBufferPointer<UInt8> {
        let start = isMidLine ? chunk.lineStart(of: offset) : offset
        return UnsafeBufferPointer(rebasing: chunk.bytes[start...])
    }

    /// Takes the line that is torn off its front, as a piece that goes on where this one stood.
    mutating func splitTornLine() -> FilePiece? {
        guard isMidLine else { return nil }
        let start = chunk.lineStart(of: offset)
        let end = chunk.lineEnd(of: offset)
        let torn = FilePiece(chunk: chunk.copy(start..<end), offset: offset - start)
        offset = end
        return torn
    }
}
