import Glibc
package import LogModel

/// Why a time zone can't be had.
package struct ZoneUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Finds a zone's rules on this machine.
package struct ZoneLoader: Sendable {
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// The zone of this name, or the system's: `TZ`, else `/etc/localtime`, else UTC.
    package func load(_ name: String?) throws(ZoneUnavailable) -> ZoneRules {
        if let name { return try named(name) }
        if var wanted = environment["TZ"] {
            if wanted.hasPrefix(":") { wanted.removeFirst() }
            if wanted.isEmpty { return .utc }
            if wanted.hasPrefix("/") { return try read(wanted, name: wanted) }
            if let rules = try? named(wanted) { return rules }
        }
        guard access("/etc/localtime", R_OK) == 0 else { return .utc }
        return try read("/etc/localtime", name: "system")
    }

    private func named(_ name: String) throws(ZoneUnavailable) -> ZoneRules {
        if name == "UTC" { return .utc }
        let directory = environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
        guard !name.contains("..") else {
            throw ZoneUnavailable(description: "no time zone is called '\(name)'")
        }
        return try read(directory + "/" + name, name: name)
    }

    private func read(_ path: String, name: String) throws(ZoneUnavailable) -> ZoneRules {
        let bytes: [UInt8]
        do throws(FileFault) {
            bytes = try readFile(path)
        } catch {
            throw ZoneUnavailable(
                description: "time zone '\(name)': \(path) can't be read; is tzdata installed?")
        }
        do throws(ZoneFileError) {
            return try ZoneRules(name: name, tzif: bytes)
        } catch {
            throw ZoneUnavailable(description: "time zone '\(name)': \(path) is no time-zone file")
        }
    }
}
