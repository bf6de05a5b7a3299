import Glibc
import LogPipeline

extension ConfigurationLoader {
    /// For this process: its environment and this machine's files.
    package static func system(requiresSecrets: Bool = true) -> ConfigurationLoader {
        let environment = processEnvironment()
        return ConfigurationLoader(
            environment: environment, surroundings: .system(environment: environment),
            requiresSecrets: requiresSecrets)
    }
}

/// The variables of this process.
package func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            result[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next += 1
    }
    return result
}

extension Surroundings {
    /// This machine: its files, its zoneinfo directory (or `TZDIR`), and PCRE2.
    package static func system(environment: [String: String]) -> Surroundings {
        let zones = environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
        return Surroundings(
            read: { path throws(FileFault) in try readFile(path) },
            timeZoneExists: { name in
                // UTC needs no table.
                if name == "UTC" { return true }
                var status = stat()
                return stat(zones + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            },
            patternFault: pcreFault)
    }
}

/// Why PCRE2 refuses an expression, asked of what masks with it.
private func pcreFault(_ pattern: String) -> String? {
    var configuration = MaskingConfiguration()
    configuration.patterns = [pattern]
    do throws(MaskingError) {
        _ = try Masker(configuration)
        return nil
    } catch {
        switch error {
        case .badPattern(_, let offset, let reason): return "\(reason) at byte \(offset)"
        }
    }
}

/// A file's bytes, at most 1 MiB: what is configured by hand is never larger.
func readFile(_ path: String) throws(FileFault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let limit = 1 << 20
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        guard bytes.count <= limit else { throw .unreadable("larger than \(limit) bytes") }
    }
}
