import Glibc
import LogConfiguration
import LogModel
import Logging

/// The admin interface in all its places. What of it can't be had is told, and the daemon goes on without (DEGRADED).
struct Administration: Sendable {
    private let service: AdminService
    private let server: AdminServer?

    init(_ configuration: AdminConfiguration, vitals: DaemonVitals, log: Logger) async {
        service = AdminService(vitals: vitals)
        guard let server = try? await AdminServer(service: service) else {
            server = nil
            vitals.health.raise(.degraded, "admin", "the admin interface can't be started")
            return
        }
        self.server = server
        var problems: [String] = []
        do throws(AdminServerError) { try await server.listen(path: configuration.socket) } catch {
            problems.append("\(error)")
        }
        if let address = ListenAddress(configuration.http) {
            let token = Administration.token(configuration.tokenFile, &problems)
            do throws(AdminServerError) {
                let place = try await server.listen(address, token: token)
                log.info("the admin interface is at http://\(place)/")
            } catch { problems.append("\(error)") }
        }
        guard !problems.isEmpty else { return }
        vitals.health.raise(
            .degraded, "admin", "the admin interface: \(problems.joined(separator: "; "))")
    }

    /// The daemon runs from now on.
    func attach(_ daemon: RunningDaemon) { service.attach(daemon) }

    func stop() async { await server?.stop() }

    /// The token; nil where none is asked for, or it can't be read.
    private static func token(_ path: String, _ problems: inout [String]) -> String? {
        guard !path.isEmpty else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            problems.append("admin.token_file \(path): \(String(cString: strerror(errno)))")
            return nil
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        let token = String(text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace })
        if token.isEmpty { problems.append("admin.token_file \(path): there is no token in it") }
        return token.isEmpty ? nil : token
    }
}
