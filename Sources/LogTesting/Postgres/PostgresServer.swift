import Foundation
import Glibc
import Synchronization

/// A Postgres cluster of the tests' own, in a temporary directory, reached by a socket there.
///
/// Postgres refuses to run as root, so root's tests run it as `nobody`. It ends with the process that started it,
/// however that ends. Durability of Postgres itself is off: no test pulls the plug on it.
package final class PostgresServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// One for all tests of a process, started by the first that asks.
    package static func shared() throws -> PostgresServer { try running.get() }

    private static let running = Result { try PostgresServer() }

    /// Where its socket and everything else is.
    package let directory: String
    private let binaries: String
    private let schemas = Atomic<Int>(0)
    /// The server ends when this is closed.
    private let leash = Pipe()

    private init() throws {
        binaries = try PostgresServer.findBinaries()
        directory = "/tmp/hantu-postgres-\(getpid())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if getuid() == 0 { chown(directory, PostgresServer.nobody, PostgresServer.nobody) }
        let data = directory + "/data"
        _ = try run(
            "initdb",
            [
                "--pgdata", data, "--username=hantu", "--auth=trust", "--encoding=UTF8", "--locale=C",
                "--no-sync",
            ])
        try start(data)
        atexit { if let server = try? PostgresServer.shared() { server.stop() } }
        for _ in 0..<600 {
            if (try? query("SELECT 1")) == "1" { return }
            usleep(50_000)
        }
        let log = try? String(contentsOfFile: directory + "/log", encoding: .utf8)
        throw Failure(description: "Postgres didn't start: \(log ?? "")")
    }

    /// A URL whose search path begins with a new, empty schema.
    package func newSchema() throws -> (url: String, schema: String) {
        let schema = "test_\(schemas.add(1, ordering: .relaxed).newValue)"
        _ = try query("CREATE SCHEMA \(schema)")
        return (
            "postgresql://hantu@/postgres?host=\(directory)&options=-csearch_path%3D\(schema)", schema
        )
    }

    /// Runs SQL in a schema, and returns what psql prints: a line for each row, `|` between values.
    @discardableResult
    package func query(_ sql: String, in schema: String = "public") throws -> String {
        try run(
            "psql",
            [
                "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                "--host=\(directory)", "--username=hantu", "--dbname=postgres",
                "--command=SET search_path TO \(schema)", "--command=\(sql)",
            ])
    }

    private static let nobody: uid_t = 65534
    private static func findBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            throw Failure(description: "no Postgres below \(root); Tools/install-dependencies installs one")
        }
        return "\(root)/\(newest)/bin"
    }

    /// What runs a program as somebody whom Postgres accepts.
    private func unprivileged(_ command: [String]) -> [String] {
        guard getuid() == 0 else { return command }
        let user = "\(PostgresServer.nobody)"
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + command
    }

    private func start(_ data: String) throws {
        let command = unprivileged([
            "\(binaries)/postgres", "-D", data, "-k", directory, "-c", "listen_addresses=", "-c", "fsync=off",
            "-c", "shared_buffers=32MB", "-c", "max_connections=100",
        ])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // It reads until nobody holds the other end any more. No `wait`: signals may be blocked here.
        process.arguments =
            [
                "-c",
                """
                "$@" >"$0/log" 2>&1 </dev/null & read -r _; kill -QUIT $!
                for turn in $(seq 100); do [ -e "$0/data/postmaster.pid" ] && sleep 0.05; done; rm -rf "$0"
                """, directory,
            ] + command
        process.standardInput = leash
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private func stop() { try? leash.fileHandleForWriting.close() }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = unprivileged(["\(binaries)/\(program)"] + arguments)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(program): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
