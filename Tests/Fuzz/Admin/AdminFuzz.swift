import NIOCore
import NIOEmbedded
import NIOHTTP1

/// One input of libFuzzer, taken for the bytes of an admin connection, in two pieces: whatever is asked and however
/// it is written, nobody without the right to it gets at a call that changes something.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard size > 1 else { return 0 }
    let channel = EmbeddedChannel()
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 8 << 10
    limits.maxHeaderListSize = 16 << 10
    limits.maxHeaderFieldCount = 64
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
    guard (try? channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))) != nil else {
        return 0
    }
    let bytes = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
    let cut = Int(data[0]) * bytes.count / 255
    for piece in [bytes[..<cut], bytes[cut...]] {
        guard (try? channel.writeInbound(ByteBuffer(bytes: piece))) != nil else { break }
    }
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
        if case .head(let head) = part { check(head) }
    }
    return 0
}

private func check(_ head: HTTPRequestHead) {
    let strangers: [AdminPeer] = [.local(user: 7, group: 7, groups: [0, 8]), .network]
    for token in [nil, "", "the token"] as [String?] {
        for isRemote in [false, true] {
            for peer in strangers {
                let request = AdminRequest(
                    method: head.method, uri: head.uri, headers: head.headers, peer: peer)
                let access = AdminAccess(user: 1, group: 2, token: token, isRemote: isRemote)
                guard case .success(let route) = AdminRoute.find(request) else { continue }
                precondition(route.rawValue == request.path && !request.path.contains("?"))
                guard access.refusal(request, route) == nil else { continue }
                let knowsToken = peer == .network && token == "the token" && request.token == "the token"
                precondition(!route.changes || knowsToken, "a stranger may \(route)")
                precondition(!route.changes || request.method == .POST, "\(route) by \(request.method)")
            }
        }
    }
}
