import NIOHTTP1

/// An answer that is whole.
struct AdminReply: Sendable {
    var status: HTTPResponseStatus
    var contentType: String
    var headers: [(String, String)] = []
    var body: [UInt8]

    static func json(_ node: JSONNode, status: HTTPResponseStatus = .ok) -> AdminReply {
        AdminReply(status: status, contentType: "application/json", body: node.line)
    }

    static func error(_ status: HTTPResponseStatus, _ message: String) -> AdminReply {
        .json(.object([("error", .text(message))]), status: status)
    }

    static func refusal(_ refusal: AdminRefusal) -> AdminReply {
        switch refusal {
        case .notFound: return .error(.notFound, "there is nothing here")
        case .badRequest(let reason): return .error(.badRequest, reason)
        case .forbidden(let reason): return .error(.forbidden, reason)
        case .tooLarge: return .error(.payloadTooLarge, "the request is too large")
        case .conflict(let reason): return .error(.conflict, reason)
        case .unavailable(let reason): return .error(.serviceUnavailable, reason)
        case .wrongMethod(let allowed):
            var reply = AdminReply.error(.methodNotAllowed, "this is for \(allowed)")
            reply.headers = [("Allow", allowed)]
            return reply
        }
    }

    /// The head of a response whose body is this, or is a stream (nil).
    static func head(
        _ status: HTTPResponseStatus, contentType: String, length: Int?, extra: [(String, String)] = []
    ) -> HTTPResponseHead {
        var headers = HTTPHeaders([
            ("Content-Type", contentType), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ])
        if let length { headers.add(name: "Content-Length", value: String(length)) }
        for (name, value) in extra { headers.add(name: name, value: value) }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
