import Glibc
import LogSinks

/// Which processes have files open for writing, as far as `/proc` tells this user.
enum OpenFiles {
    struct Writer: Equatable {
        var pid: Int32
        var command: String
    }

    /// The writers of these files, without this process.
    static func writers(of files: Set<FileIdentity>) -> [FileIdentity: [Writer]] {
        var found: [FileIdentity: [Writer]] = [:]
        for pid in numbers(in: "/proc") where pid != getpid() {
            for descriptor in numbers(in: "/proc/\(pid)/fd") {
                var status = stat()
                guard stat("/proc/\(pid)/fd/\(descriptor)", &status) == 0 else { continue }
                let file = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
                guard files.contains(file), isWriting(pid, descriptor) else { continue }
                let writer = Writer(pid: pid, command: text("/proc/\(pid)/comm"))
                if found[file]?.contains(writer) != true { found[file, default: []].append(writer) }
            }
        }
        return found
    }

    private static func numbers(in directory: String) -> [Int32] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var numbers: [Int32] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name) { numbers.append(number) }
        }
        return numbers
    }

    private static func isWriting(_ pid: Int32, _ descriptor: Int32) -> Bool {
        let line = text("/proc/\(pid)/fdinfo/\(descriptor)").split(separator: "\n").first {
            $0.hasPrefix("flags:")
        }
        guard let digits = line?.split(whereSeparator: \.isWhitespace).last,
            let flags = Int32(digits, radix: 8)
        else { return false }
        return flags & O_ACCMODE != O_RDONLY
    }

    /// A small file's text, without the newline at its end.
    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var block = [UInt8](repeating: 0, count: 4096)
        let count = max(0, read(descriptor, &block, block.count))
        let text = String(decoding: block[..<count], as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
