package import LogModel

/// The two kinds of daily files (contract section 5).
package enum DailyFileKind: UInt8, Sendable, CaseIterable {
    /// `info/info_YYYYMMDD.log`.
    case text
    /// `errors/error_YYYYMMDD.json`.
    case errors
}

/// Whole lines, each with its newline, for one file of one day; handed from thread to thread, never changed.
package final class FileChunk: @unchecked Sendable {
    // Unchecked: the buffer is only read after init, and nothing else owns it.
    private let buffer: OutputBuffer
    package let kind: DailyFileKind
    package let day: CivilDate
    /// How many records, that is lines, it holds.
    package let records: Int

    package init(kind: DailyFileKind, day: CivilDate, bytes: consuming OutputBuffer, records: Int) {
        self.kind = kind
        self.day = day
        self.records = records
        buffer = bytes
    }

    package var byteCount: Int { buffer.count }

    /// Stays valid for as long as the chunk is kept.
    var bytes: UnsafeBufferPointer<UInt8> { buffer.bytes }

    /// Where the line with the byte at `offset` in it begins.
    func lineStart(of offset: Int) -> Int {
        bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    }

    /// Where the line with the byte at `offset` in it ends, behind its newline.
    func lineEnd(of offset: Int) -> Int {
        bytes[offset...].firstIndex(of: 0x0A).map { $0 + 1 } ?? byteCount
    }

    /// These bytes of it, whole lines too, as a chunk of their own.
    func copy(_ range: Range<Int>) -> FileChunk {
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        var copied = OutputBuffer(capacity: part.count)
        copied.append(part)
        return FileChunk(kind: kind, day: day, bytes: copied, records: FileChunk.lines(in: part))
    }

    static func lines(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    }
}
