import NIOHTTP1
import Testing

@testable import LogDaemon

private func request(
    _ method: HTTPMethod, _ uri: String, _ headers: [(String, String)] = [], from peer: AdminPeer = .network
) -> AdminRequest {
    AdminRequest(
        method: method, uri: uri, headers: HTTPHeaders([("Host", "localhost:9514")] + headers), peer: peer)
}

private func isForbidden(_ refusal: AdminRefusal?) -> Bool {
    if case .forbidden = refusal { true } else { false }
}

struct AdminRouteTests {
    private func find(_ method: HTTPMethod, _ uri: String) -> Result<AdminRoute, AdminRefusal> {
        AdminRoute.find(request(method, uri))
    }

    @Test(arguments: AdminRoute.allCases)
    func `every route takes its methods and no others`(route: AdminRoute) {
        for method in [HTTPMethod.GET, .HEAD, .POST, .PUT, .DELETE, .OPTIONS, .PATCH, .TRACE] {
            let found = find(method, route.rawValue)
            if route.methods.contains(method) {
                #expect(found == .success(route))
            } else {
                #expect(found == .failure(.wrongMethod(allowed: route.changes ? "POST" : "GET, HEAD")))
            }
        }
    }

    @Test func `exactly the documented calls change something`() {
        #expect(AdminRoute.allCases.filter(\.changes) == [.flush, .reload, .replay, .testAlerts])
    }

    @Test(arguments: ["", "/nope", "/v1/status/", "//healthz", "/v1/../healthz", "/healthz%00", "*"])
    func `another path is nothing`(path: String) {
        #expect(find(.GET, path) == .failure(.notFound))
    }

    @Test func `a query doesn't belong to the path`() {
        #expect(find(.GET, "/metrics?a=b") == .success(.metrics))
    }

    @Test func `the page is for TCP alone`() {
        let local = request(.GET, "/", from: .local(user: 0, group: 0, groups: []))
        #expect(AdminRoute.find(local) == .failure(.notFound))
        #expect(find(.GET, "/") == .success(.page))
    }

    @Test func `a query is decoded`() {
        let asked = request(.GET, "/v1/live?service=%EC%A3%BC%EB%AC%B8&a=b+c&empty&x=%zz&x=2")
        #expect(asked.query == ["service": "주문", "a": "b c", "empty": "", "x": "2"])
    }
}

struct AdminAccessTests {
    private let access = AdminAccess(user: 990, group: 991, token: "s3same")

    private func local(_ user: UInt32, _ group: UInt32, _ groups: [UInt32] = []) -> AdminRequest {
        request(.POST, "/v1/flush", from: .local(user: user, group: group, groups: groups))
    }

    @Test func `root and the daemon's user and group may change things`() {
        #expect(access.refusal(local(0, 0), .flush) == nil)
        #expect(access.refusal(local(990, 100), .flush) == nil)
        #expect(access.refusal(local(1000, 991), .flush) == nil)
        #expect(access.refusal(local(1000, 100, [4, 991]), .flush) == nil)
    }

    @Test func `nobody else may`() {
        #expect(isForbidden(access.refusal(local(1000, 100, [4, 24]), .flush)))
        #expect(isForbidden(access.refusal(local(991, 990), .flush)))
    }

    @Test func `group 0 beside another group means nothing`() {
        let root = AdminAccess(user: 0, group: 0)
        #expect(isForbidden(root.refusal(local(65534, 65534, [0]), .flush)))
    }

    @Test func `whoever connects may read`() {
        #expect(
            access.refusal(request(.GET, "/v1/status", from: .local(user: 1, group: 1, groups: [])), .status)
                == nil)
        #expect(access.refusal(request(.GET, "/v1/live"), .live) == nil)
    }

    @Test(arguments: ["Bearer s3same", "bearer s3same"])
    func `over TCP the token opens`(header: String) {
        #expect(access.refusal(request(.POST, "/v1/flush", [("Authorization", header)]), .flush) == nil)
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Bearer s3sam", "Bearer s3same2", "Bearer S3SAME", "Basic s3same", "s3same",
    ])
    func `anything else doesn't`(header: String) {
        let asked = request(.POST, "/v1/flush", [("Authorization", header)])
        #expect(isForbidden(access.refusal(asked, .flush)))
        #expect(isForbidden(AdminAccess(user: 1, group: 1, token: nil).refusal(asked, .flush)))
        #expect(isForbidden(AdminAccess(user: 1, group: 1, token: "").refusal(asked, .flush)))
    }

    @Test func `where others reach the address only what is harmless needs no token`() {
        var remote = access
        remote.isRemote = true
        for route in AdminRoute.allCases where !route.changes {
            let refusal = remote.refusal(request(.GET, route.rawValue), route)
            #expect(isForbidden(refusal) == ![.health, .readiness, .metrics].contains(route))
        }
    }

    @Test(arguments: [
        ("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", "https://localhost:9514"),
        ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
    ])
    func `another site is refused even with the token`(header: (String, String)) {
        let asked = request(.POST, "/v1/flush", [header, ("Authorization", "Bearer s3same")])
        #expect(isForbidden(access.refusal(asked, .flush)))
    }

    @Test func `the page's own origin is taken`() {
        let asked = request(
            .GET, "/", [("Origin", "http://localhost:9514"), ("Sec-Fetch-Site", "same-origin")])
        #expect(access.refusal(asked, .page) == nil)
    }

    @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:9514", "[::1]", "[::1]:9514"])
    func `these hosts are this machine`(host: String) { #expect(AdminAccess.isLoopback(host: host)) }

    @Test(arguments: [
        "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.evil", "128.0.0.1",
        "[::2]",
        "[::1", "localhost:1:2",
    ])
    func `these are not`(host: String) { #expect(!AdminAccess.isLoopback(host: host)) }

    @Test func `two hosts are none`() {
        let headers = HTTPHeaders([("Host", "localhost"), ("Host", "localhost")])
        let asked = AdminRequest(method: .GET, uri: "/v1/status", headers: headers, peer: .network)
        #expect(isForbidden(access.refusal(asked, .status)))
    }
}
