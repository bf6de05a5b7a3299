/// A statement's parameters as libpq takes them: one run of bytes, and where each value lies in it.
struct PostgresParameters {
    private(set) var types: [UInt32] = []
    private(set) var lengths: [CInt] = []
    private(set) var formats: [CInt] = []
    private var bytes: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var starts: [Int?] = []

    init(_ parameters: [PostgresStatement.Parameter]) {
        for parameter in parameters {
            switch parameter {
            case .null: add(nil, type: 0, isBinary: false)
            case .text(let text):
                // Text ends with a zero, whatever its length says.
                add(Array(text.utf8) + [0], type: 0, isBinary: false)
            case .array(let array): add(array.bytes, type: array.element.arrayType, isBinary: true)
            }
        }
    }

    private mutating func add(_ value: [UInt8]?, type: UInt32, isBinary: Bool) {
        types.append(type)
        formats.append(isBinary ? 1 : 0)
        lengths.append(CInt(value?.count ?? 0))
        starts.append(value.map { _ in bytes.count })
        if let value { bytes += value }
    }

    /// Calls `body` with a pointer for each value, nil for NULL; they are good until it returns.
    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = starts.map { start in start.flatMap { start in base.map { $0 + start } } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}

/// Strings as C has them, with a nil at the end of the list; freed with the value.
final class CStrings {
    private var owned: [UnsafeMutablePointer<CChar>]
    private let list: UnsafeMutablePointer<UnsafePointer<CChar>?>

    init(_ strings: [String]) {
        owned = strings.map { string in
            let bytes = Array(string.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        list = .allocate(capacity: owned.count + 1)
        for (index, string) in owned.enumerated() { list[index] = UnsafePointer(string) }
        list[owned.count] = nil
    }

    deinit {
        for string in owned { string.deallocate() }
        list.deallocate()
    }

    /// Good for as long as the value is.
    var pointers: UnsafePointer<UnsafePointer<CChar>?> { UnsafePointer(list) }
}
