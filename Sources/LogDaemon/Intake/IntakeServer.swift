import Glibc
import LogConfiguration
import LogModel
import LogPipeline
import NIOCore
import NIOPosix

/// Accepts clients on the listening socket and gives their bytes to the loop.
final class IntakeServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let loop: NIOLoopBound<IntakeLoop>
    private let listener: any Channel
    private let socket: ListeningSocket

    /// Starts to accept.
    ///
    /// `told` is called with each connection that was refused since there are too many.
    init(
        configuration: IntakeConfiguration, socket: ListeningSocket, clock: any Clock, outlets: Outlets,
        processor: @escaping @Sendable () -> RecordProcessor, refused: @escaping @Sendable () -> Void
    ) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        self.socket = socket
        let bound = try await eventLoop.submit {
            let loop = IntakeLoop(
                eventLoop: eventLoop, clock: clock, outlets: outlets, processor: processor())
            loop.maximumConnections = configuration.maximumConnections
            loop.allowances = ServiceAllowances(configuration.allow)
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
        loop = bound
        let limit = configuration.maximumLineBytes
        listener = try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: ReadBufferAllocator())
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard bound.value.connectionCount < bound.value.maximumConnections else {
                        refused()
                        try channel.pipeline.syncOperations.addHandler(
                            RefusalHandler(limit: bound.value.maximumConnections))
                        return
                    }
                    let peer =
                        try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                            of: NIOBSDSocket.Handle.self
                        ) { PeerLookup.credentials(of: $0) } ?? PeerCredentials()
                    let connection = Connection(
                        channel: channel, peer: peer, allowance: bound.value.allowances.of(peer.uid),
                        lineLimit: limit)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(loop: bound.value, connection: connection))
                }
            }
            .withBoundSocket(socket.descriptor).get()
    }

    /// Runs `body` with the loop, on the loop.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable (IntakeLoop) -> Result) async throws -> Result {
        try await eventLoop.submit { [loop] in body(loop.value) }.get()
    }

    /// Ends the intake: no more clients, and what those that are there have written is taken to its end, as far as
    /// `limit` allows. Returns how many connections had to be cut off.
    func stop(within limit: TimeAmount) async throws -> Int {
        // Our own socket goes away with the daemon: who stands in the queue before it is still let in.
        if let path = socket.ownPath {
            unlink(path)
            await drainBacklog()
        }
        try await listener.close()
        try await onLoop { $0.beginStop() }
        let deadline = NIODeadline.now() + limit
        var left = try await onLoop { $0.connectionCount }
        while left > 0, NIODeadline.now() < deadline {
            try await Task.sleep(for: .milliseconds(2))
            left = try await onLoop { $0.connectionCount }
        }
        try await onLoop { $0.handOffEverything() }
        return left
    }

    /// Answers nothing any more; the loop's thread ends.
    func shutdown() async throws { try await group.shutdownGracefully() }

    private func drainBacklog() async {
        for _ in 0..<200 {
            var probe = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&probe, 1, 0) > 0 else { return }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}

/// Buffers of one size, made for each read and given back behind it: an idle connection holds none.
private struct ReadBufferAllocator: RecvByteBufferAllocator {
    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: 128 * 1024) }
    func nextBufferSize() -> Int? { nil }
    mutating func record(actualReadBytes: Int) -> Bool { false }
}

/// Tells a client that there are too many, and hangs up.
private final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        var text = OutputBuffer()
        ControlReply.error("too many connections: at most \(limit) (intake.max_connections)").append(
            to: &text)
        var buffer = context.channel.allocator.buffer(capacity: text.count)
        buffer.writeBytes(UnsafeRawBufferPointer(text.bytes))
        context.channel.writeAndFlush(buffer, promise: nil)
        context.close(promise: nil)
    }
}
