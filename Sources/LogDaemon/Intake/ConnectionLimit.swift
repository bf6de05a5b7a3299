import Glibc

/// How many clients there may be at once: as many as are configured, and no more than the process has descriptors for.
struct ConnectionLimit: Equatable {
    /// Descriptors that are not for clients: files, spool, store, event loops, and the admin interface's connections.
    static let reserve = 64 + AdminServer.maximumConnections
    /// However few descriptors there are, so many clients are let in.
    static let least = 16

    let connections: Int
    /// What to change for more.
    let reason: String

    /// `configured` is `intake.max_connections`, `descriptors` how many the process may have open.
    init(configured: Int, descriptors: Int) {
        let possible = max(ConnectionLimit.least, descriptors - ConnectionLimit.reserve)
        connections = min(configured, possible)
        reason =
            configured <= possible
            ? "intake.max_connections" : "the process may have \(descriptors) descriptors open"
    }

    /// Raises the process's soft limit of open descriptors as far as it may; returns how many that are.
    static func raiseDescriptors() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        // More than anybody configures, and still a table of descriptors that costs nothing.
        let wanted = min(limit.rlim_max, max(limit.rlim_cur, 65536))
        if wanted > limit.rlim_cur {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
