/// The outputs that read from the spool, one bit each; the numbers are stored and never change their meaning.
package struct OutputSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The error store.
    @inlinable package static var store: OutputSet { OutputSet(rawValue: 1) }
    /// Telegram.
    @inlinable package static var alerts: OutputSet { OutputSet(rawValue: 2) }
}

/// Encoded records in one run of bytes, as they are handed to the spool and to journald.
///
/// The run is a sequence of frames, each a header of eight bytes and a payload:
///
///     length of the payload   UInt32, little endian
///     severity                UInt8
///     outputs                 UInt8, an `OutputSet`
///     reserved                UInt16, zero
///     payload                 the record as one JSON object, without a newline (`LogRecord.init(wire:)`)
package enum RecordFrame {
    @inlinable package static var headerSize: Int { 8 }

    /// Starts a frame whose payload the caller appends next; returns where it began, for `close`.
    @inlinable package static func open(in buffer: inout OutputBuffer) -> Int {
        let start = buffer.count
        buffer.reserve(headerSize)
        buffer.end += headerSize
        return start
    }

    /// Writes the header of the frame that began at `start`, now that its payload is there.
    @inlinable package static func close(
        at start: Int, in buffer: inout OutputBuffer, severity: Severity, outputs: OutputSet
    ) {
        let length = UInt32(buffer.count - start - headerSize)
        let header = UnsafeMutableRawPointer(mutating: buffer.bytes.baseAddress!) + start
        header.storeBytes(of: length.littleEndian, as: UInt32.self)
        header.storeBytes(of: severity.rawValue, toByteOffset: 4, as: UInt8.self)
        header.storeBytes(of: outputs.rawValue, toByteOffset: 5, as: UInt8.self)
        header.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    }

    /// Calls `body` with every frame of `bytes` in order; false where the bytes are no whole sequence of frames.
    @discardableResult
    package static func forEach(
        in bytes: UnsafeRawBufferPointer,
        _ body: (_ severity: Severity, _ outputs: OutputSet, _ payload: UnsafeBufferPointer<UInt8>) throws ->
            Void
    ) rethrows -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard bytes.count - offset >= headerSize else { return false }
            let length = Int(
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            guard let severity = Severity(rawValue: bytes[offset + 4]),
                bytes.count - offset - headerSize >= length
            else { return false }
            let start = offset + headerSize
            try body(
                severity, OutputSet(rawValue: bytes[offset + 5]),
                UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]).bindMemory(to: UInt8.self))
            offset = start + length
        }
        return true
    }
}

/// A finished run of frames that is handed from thread to thread and never changed again.
package final class RecordChunk: @unchecked Sendable {
    // Unchecked: the buffer is only read after init, and nothing else owns it.
    private let buffer: OutputBuffer
    /// How many frames it holds.
    package let count: Int

    package init(_ buffer: consuming OutputBuffer, count: Int) {
        self.buffer = buffer
        self.count = count
    }

    package var byteCount: Int { buffer.count }

    /// The frames; the pointer is valid inside `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(buffer.bytes))
    }
}
