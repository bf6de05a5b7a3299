import LogModel
import NIOCore
import NIOHTTP1

/// One connection of the admin interface: one request, one answer, and the end.
final class AdminHandler: ChannelInboundHandler, LiveListener {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a request's body; no call needs any.
    static let bodyLimit = 64 << 10
    /// How long a client may take for its request, and for reading a whole answer.
    static let patience = TimeAmount.seconds(15)

    private let service: AdminService
    private let access: AdminAccess
    private let hub: LiveHub
    private let peer: AdminPeer
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    private var answered = false
    private var liveNumber: Int?
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(service: AdminService, access: AdminAccess, hub: LiveHub, peer: AdminPeer) {
        self.service = service
        self.access = access
        self.hub = hub
        self.peer = peer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setDeadline()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !answered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            if bodyBytes > AdminHandler.bodyLimit { answer(.refusal(.tooLarge)) }
        case .end: if let head { respond(head) }
        }
    }

    private func respond(_ head: HTTPRequestHead) {
        answered = true
        deadline?.cancel()
        if head.version == .http1_1, head.headers["host"].count != 1 {
            return answer(.refusal(.badRequest("a request has one Host")))
        }
        let request = AdminRequest(method: head.method, uri: head.uri, headers: head.headers, peer: peer)
        switch admit(request) {
        case .failure(let refusal): answer(.refusal(refusal))
        case .success(let route):
            guard let context else { return }
            let eventLoop = context.eventLoop
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            let service = service
            Task {
                if route == .live, request.method == .GET {
                    await service.runningDaemon()
                    eventLoop.execute { bound.value.startLive(request) }
                } else {
                    let reply = await service.answer(request, route)
                    eventLoop.execute { bound.value.answer(reply) }
                }
            }
        }
    }

    private func admit(_ request: AdminRequest) -> Result<AdminRoute, AdminRefusal> {
        AdminRoute.find(request).flatMap { route in
            access.refusal(request, route).map { .failure($0) } ?? .success(route)
        }
    }

    private func answer(_ reply: AdminReply) {
        guard let context else { return }
        answered = true
        let head = AdminReply.head(
            reply.status, contentType: reply.contentType, length: reply.body.count, extra: reply.headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if self.head?.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
        }
        finish(context)
    }

    /// Ends the answer. The client closes when it has it all; a close on our side could take it away unread.
    private func finish(_ context: ChannelHandlerContext) {
        setDeadline()
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
    }

    // MARK: The live stream

    private func startLive(_ request: AdminRequest) {
        guard let context else { return }
        let wish: AdminService.LiveWish
        switch service.liveWish(request) {
        case .failure(let refusal): return answer(.refusal(refusal))
        case .success(let found): wish = found
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        liveNumber = hub.add(self, minimumLevel: wish.minimumLevel, service: wish.service) {
            bound.value.beginStream()
        }
        if liveNumber == nil {
            answer(.refusal(.unavailable("there are too many listeners to the live stream already")))
        }
    }

    private func beginStream() {
        guard let context, liveNumber != nil else { return }
        var head = AdminReply.head(.ok, contentType: "application/x-ndjson", length: nil)
        // In chunks for version 1.1, else as it is until the connection ends.
        head.version = self.head?.version ?? .http1_1
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    var hasRoom: Bool { context?.channel.isWritable ?? false }

    func send(_ lines: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(lines))), promise: nil)
    }

    func end() {
        liveNumber = nil
        if let context { finish(context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard let liveNumber else { return }
        deadline?.cancel()
        if context.channel.isWritable {
            hub.madeRoom(liveNumber)
        } else {
            // Who reads nothing at all for so long has gone.
            setDeadline(.minutes(5))
        }
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            // Who has asked still waits for the answer; a stream has no other sign that its reader left.
            if head == nil || liveNumber != nil || !answered { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let liveNumber { hub.remove(liveNumber) }
        liveNumber = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, !answered else { return context.close(promise: nil) }
        answer(.refusal(.badRequest("this is no HTTP request that is understood here")))
    }

    private func setDeadline(_ time: TimeAmount = AdminHandler.patience) {
        deadline?.cancel()
        guard let channel = context?.channel else { return }
        deadline = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
