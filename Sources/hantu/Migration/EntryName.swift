import Glibc

/// The name of something in a directory, as the bytes that the kernel gives: old files may be named in any encoding.
struct EntryName: Hashable, Comparable, CustomStringConvertible {
    /// With the zero behind it.
    private let characters: [CChar]

    init(_ text: String) { characters = text.utf8CString.map { $0 } }

    init(_ start: UnsafePointer<CChar>) {
        characters = Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
    }

    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        characters.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    func hasSuffix(_ suffix: String) -> Bool {
        characters.dropLast().reversed().starts(with: suffix.utf8.reversed().map { CChar(bitPattern: $0) })
    }

    /// For people and for JSON: what is no UTF-8 is shown as U+FFFD.
    var description: String { withCString { String(cString: $0) } }

    static func < (one: EntryName, other: EntryName) -> Bool {
        one.characters.lexicographicallyPrecedes(other.characters) {
            UInt8(bitPattern: $0) < UInt8(bitPattern: $1)
        }
    }
}

/// The way from a directory to something below it.
typealias EntryPath = [EntryName]

extension EntryPath {
    var text: String { map(\.description).joined(separator: "/") }
}
