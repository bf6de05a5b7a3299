/// Who may do what (contract section 11). Pure: it is told who asks.
struct AdminAccess: Sendable {
    /// The daemon's own user and group.
    var user: UInt32
    var group: UInt32
    /// The token of `admin.token_file`; nil where there is none.
    var token: String?
    /// Whether other machines reach the TCP address.
    var isRemote = false

    /// Why this request may not have this route; nil where it may.
    func refusal(_ request: AdminRequest, _ route: AdminRoute) -> AdminRefusal? {
        if let reason = foreignSite(request) { return .forbidden(reason) }
        switch request.peer {
        case .local(let user, let group, let groups):
            guard route.changes else { return nil }
            return mayChange(user, group, groups)
                ? nil
                : .forbidden(
                    "changing calls are for root, the daemon's user (\(self.user)) and group (\(self.group)); "
                        + "this is user \(user), group \(group)")
        case .network:
            guard route.changes || (isRemote && !route.isHarmless) else { return nil }
            if isAuthorised(request) { return nil }
            return .forbidden(
                token == nil
                    ? "changing calls over TCP need admin.token_file; use the Unix socket"
                    : "this call needs the token of admin.token_file (Authorization: Bearer)")
        }
    }

    private func mayChange(_ user: UInt32, _ group: UInt32, _ groups: [UInt32]) -> Bool {
        if user == 0 || user == self.user || group == self.group { return true }
        // Group 0 is no group that operators are put into: having it beside others means nothing.
        return self.group != 0 && groups.contains(self.group)
    }

    /// Compares in a time that says nothing about the token.
    private func isAuthorised(_ request: AdminRequest) -> Bool {
        guard let token, !token.isEmpty, let given = request.token else { return false }
        let (wanted, offered) = (Array(token.utf8), Array(given.utf8))
        var difference = wanted.count ^ offered.count
        for index in wanted.indices {
            difference |= Int(wanted[index] ^ (index < offered.count ? offered[index] : 0))
        }
        return difference == 0
    }

    /// What shows that a browser asks on behalf of another site, or was led here under another name.
    private func foreignSite(_ request: AdminRequest) -> String? {
        if let site = request.fetchSite?.lowercased(), site != "same-origin", site != "none" {
            return "another site may not ask (Sec-Fetch-Site)"
        }
        if let origin = request.origin, origin.lowercased() != "http://\(request.host?.lowercased() ?? "")" {
            return "another site may not ask (Origin)"
        }
        guard request.peer == .network, let host = request.host, !isRemote || host.isEmpty else { return nil }
        return AdminAccess.isLoopback(host: host) ? nil : "this address has no such name (Host)"
    }

    /// Whether a `Host` names this machine, so that no foreign name was made to point here.
    static func isLoopback(host: String) -> Bool {
        var name = Substring(host.lowercased())
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return false }
            return name[name.index(after: name.startIndex)..<end] == "::1"
        }
        if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
        if name == "localhost" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
