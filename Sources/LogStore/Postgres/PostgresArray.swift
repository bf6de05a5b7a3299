import LogModel

/// A one-dimensional array of one type in Postgres's binary form: no escapes to write, none for the server to read.
///
/// The form: number of dimensions, whether there are NULLs, the elements' type; then the number of elements and
/// the first index; then each element behind its length, -1 for NULL. All are 32-bit integers, big endian.
struct PostgresArray: Sendable, Equatable {
    /// Element types by their OID, which every server has the same.
    enum Element: UInt32, Sendable {
        case bigint = 20
        case text = 25
        case timestamp = 1114
        case timestamptz = 1184
        case uuid = 2950
        case jsonb = 3802

        /// The array type's OID.
        var arrayType: UInt32 {
            switch self {
            case .bigint: 1016
            case .text: 1009
            case .timestamp: 1115
            case .timestamptz: 1185
            case .uuid: 2951
            case .jsonb: 3807
            }
        }

        /// The array type's name in SQL.
        var arrayName: String { "\(self)[]" }
    }

    let element: Element
    private(set) var bytes: [UInt8] = []
    private(set) var count: Int32 = 0

    init(_ element: Element, reserving size: Int = 64) {
        self.element = element
        bytes.reserveCapacity(20 + size)
        append(Int32(1))
        append(Int32(1))
        append(Int32(bitPattern: element.rawValue))
        append(Int32(0))
        append(Int32(1))
    }

    mutating func append(_ value: PostgresValue) {
        switch value {
        case .null: begin(-1)
        case .integer(let number): append(integer: number)
        case .uuid(let id):
            begin(16)
            append(id.high)
            append(id.low)
        case .text(var text):
            text.withUTF8 { utf8 in
                begin(utf8.count + (element == .jsonb ? 1 : 0))
                // The version of jsonb's binary form, which is text.
                if element == .jsonb { bytes.append(1) }
                bytes.append(contentsOf: utf8)
            }
        }
    }

    /// Appends a value of `bigint`, or of a timestamp as microseconds since 2000-01-01.
    mutating func append(integer value: Int64) {
        begin(8)
        append(UInt64(bitPattern: value))
    }

    private mutating func begin(_ length: Int) {
        append(Int32(length))
        count += 1
        let number = UInt32(bitPattern: count)
        for (offset, shift) in [24, 16, 8, 0].enumerated() {
            bytes[12 + offset] = UInt8(truncatingIfNeeded: number >> UInt32(shift))
        }
    }

    private mutating func append(_ value: Int32) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
