import Foundation

/// The project's sources, as text.
struct SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct File {
        /// Relative to the project, such as `Sources/LogModel/Severity.swift`.
        let path: String
        let text: String

        /// The directory below `Sources` or `Tests`.
        var target: String { String(path.split(separator: "/")[1]) }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

        /// The modules that the file imports, each by its first name (`Glibc` for `import Glibc.math`).
        var imports: [String] {
            lines.compactMap { line in
                let line = line.drop { $0 == " " }
                guard let found = line.firstMatch(of: SourceTree.importLine) else { return nil }
                return String(found.module)
            }
        }
    }

    nonisolated(unsafe) static let importLine =
        /^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(?<module>\w+)/

    /// Every Swift file below this directory.
    static func swiftFiles(in directory: String) throws -> [File] {
        let base = root.appending(path: directory)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            File(
                path: directory + "/" + path,
                text: try String(contentsOf: base.appending(path: path), encoding: .utf8))
        }
    }

    /// The directories below this one, at any depth.
    static func directories(in directory: String) throws -> [String] {
        let base = root.appending(path: directory)
        return try FileManager.default.subpathsOfDirectory(atPath: base.path).filter { path in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: base.appending(path: path).path, isDirectory: &isDirectory)
                && isDirectory.boolValue
        }
    }
}
