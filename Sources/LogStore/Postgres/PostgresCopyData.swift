import LogModel

/// Rows in the binary form of COPY: a header, then for each row the number of its columns and each value behind its
/// length, then -1. Integers are big endian.
struct PostgresCopyData {
    private var bytes: [UInt8] = []

    init(reserving size: Int) {
        bytes.reserveCapacity(size)
        bytes += Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n\0".utf8)
        // No flags, no extension.
        append(UInt64(0))
    }

    mutating func beginRow(columns: Int) { append(Int16(columns)) }

    /// Appends a value; `isInteger` of four bytes where the column is no bigint.
    mutating func append(_ value: PostgresValue, isInteger: Bool, isJSONB: Bool) {
        switch value {
        case .null: append(Int32(-1))
        case .integer(let number) where isInteger:
            append(Int32(4))
            append(Int32(truncatingIfNeeded: number))
        case .integer(let number):
            append(Int32(8))
            append(UInt64(bitPattern: number))
        case .uuid(let id):
            append(Int32(16))
            append(id.high)
            append(id.low)
        case .text(var text):
            text.withUTF8 { utf8 in
                append(Int32(utf8.count + (isJSONB ? 1 : 0)))
                if isJSONB { bytes.append(1) }
                bytes.append(contentsOf: utf8)
            }
        }
    }

    consuming func finished() -> [UInt8] {
        append(Int16(-1))
        return bytes
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
