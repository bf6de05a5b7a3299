import NIOHTTP1

/// Who asks.
enum AdminPeer: Sendable, Equatable {
    /// Over the Unix socket: what the kernel says of the process (SO_PEERCRED), and its supplementary groups.
    case local(user: UInt32, group: UInt32, groups: [UInt32])
    /// Over TCP.
    case network
}

/// One request, as far as the routes need it.
struct AdminRequest: Sendable {
    var method: HTTPMethod
    /// Without the query.
    var path: String
    var query: [String: String]
    var peer: AdminPeer
    /// The header `Host`; nil without one.
    var host: String?
    var origin: String?
    /// `Sec-Fetch-Site`, which browsers send.
    var fetchSite: String?
    /// What follows `Bearer` in `Authorization`.
    var token: String?

    init(method: HTTPMethod, uri: String, headers: HTTPHeaders, peer: AdminPeer) {
        self.method = method
        self.peer = peer
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? AdminRequest.query(parts[1]) : [:]
        // Two hosts are none: who sends them means to confuse.
        let hosts = headers["host"]
        host = hosts.count > 1 ? "" : hosts.first
        origin = headers.first(name: "origin")
        fetchSite = headers.first(name: "sec-fetch-site")
        let scheme = "bearer "
        if let given = headers.first(name: "authorization"), given.lowercased().hasPrefix(scheme) {
            token = String(given.dropFirst(scheme.count))
        }
    }

    /// The parameters of a query; of one that is there twice the last.
    private static func query(_ text: Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[percentDecoded(pair[0])] = pair.count > 1 ? percentDecoded(pair[1]) : ""
        }
        return parameters
    }

    private static func percentDecoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(
                    String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                plain.append(value)
                index += 3
            } else {
                plain.append(bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
