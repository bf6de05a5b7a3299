import NIOHTTP1

/// What the admin interface can be asked for (contract section 11).
enum AdminRoute: String, CaseIterable, Sendable {
    case page = "/"
    case health = "/healthz"
    case readiness = "/readyz"
    case metrics = "/metrics"
    case status = "/v1/status"
    case parked = "/v1/parked"
    case live = "/v1/live"
    case flush = "/v1/flush"
    case reload = "/v1/reload"
    case replay = "/v1/parked/replay"
    case testAlerts = "/v1/alerts/test"

    /// Whether it changes something, or makes the daemon act.
    var changes: Bool {
        switch self {
        case .flush, .reload, .replay, .testAlerts: true
        case .page, .health, .readiness, .metrics, .status, .parked, .live: false
        }
    }

    /// Whether it says nothing of what was logged: such calls need no token where other machines reach the address.
    var isHarmless: Bool { self == .health || self == .readiness || self == .metrics }

    /// The methods that it takes.
    var methods: [HTTPMethod] { changes ? [.POST] : [.GET, .HEAD] }

    /// The route that the request names, or why there is none.
    static func find(_ request: AdminRequest) -> Result<AdminRoute, AdminRefusal> {
        guard let route = AdminRoute(rawValue: request.path) else {
            return .failure(.notFound)
        }
        // The page is for browsers, which don't come over the Unix socket.
        if route == .page, request.peer != .network { return .failure(.notFound) }
        guard route.methods.contains(request.method) else {
            return .failure(.wrongMethod(allowed: route.methods.map(\.rawValue).joined(separator: ", ")))
        }
        return .success(route)
    }
}

/// Why a request isn't answered as asked.
enum AdminRefusal: Error, Equatable {
    case notFound
    case wrongMethod(allowed: String)
    case badRequest(String)
    case forbidden(String)
    case tooLarge
    case conflict(String)
    case unavailable(String)
}
