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

    /// Goes on with the connections that outlived an earlier daemon, and starts to accept.
    ///
    /// `limit` says how many connections there may be, `storeCapacity` how many descriptors systemd keeps for the
    /// next daemon, 0 for none; `refused` is called with each connection that was refused since there are too many,
    /// `accepting` as `AcceptWatch` says, `halfLines` as `IntakeLoop.tellHalfLines`.
    init(
        configuration: IntakeConfiguration, limit: ConnectionLimit, socket: ListeningSocket, clock: any Clock,
        outlets: Outlets, processor: @escaping @Sendable () -> RecordProcessor, storeCapacity: Int,
        refused: @escaping @Sendable () -> Void, accepting: @escaping @Sendable (IOError?) -> Void,
        halfLines: @escaping @Sendable (HalfLineBudget) -> Void
    ) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        self.socket = socket
        let bound = try await eventLoop.submit {
            let loop = IntakeLoop(
                eventLoop: eventLoop, clock: clock, outlets: outlets, limit: limit,
                lineLimit: configuration.maximumLineBytes, processor: processor())
            loop.tellHalfLines = halfLines
            loop.allowances = ServiceAllowances(configuration.allow)
            loop.keeper = ConnectionKeeper(
                capacity: storeCapacity, passed: ServiceManager.passedDescriptors, eventLoop: eventLoop)
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
        loop = bound
        let lineLimit = configuration.maximumLineBytes
        let reading = try await eventLoop.submit {
            ReadAllocator(NIOLoopBound(bound.value.readMemory, eventLoop: eventLoop))
        }.get()
        try await IntakeServer.takeOver(on: bound, lineLimit: lineLimit, reading: reading)
        listener = try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptWatch(told: accepting))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: reading)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let limit = bound.value.limit
                    guard bound.value.connectionCount < limit.connections else {
                        refused()
                        try channel.pipeline.syncOperations.addHandler(RefusalHandler(limit: limit))
                        return
                    }
                    try IntakeServer.attach(channel, to: bound.value, lineLimit: lineLimit)
                }
            }
            .withBoundSocket(socket.descriptor).get()
        // NIO listens once more, with a queue of 128 that can't be told otherwise for a socket that it is given.
        _ = Glibc.listen(socket.descriptor, ListeningSocket.backlog)
    }

    /// Goes on with the connections that an earlier daemon left.
    private static func takeOver(
        on bound: NIOLoopBound<IntakeLoop>, lineLimit: Int, reading: ReadAllocator
    ) async throws {
        let eventLoop = bound.eventLoop
        let left = try await eventLoop.submit {
            (bound.value.keeper?.takeLeft() ?? []).map {
                (descriptor: $0.descriptor, bound: NIOLoopBound($0, eventLoop: eventLoop))
            }
        }.get()
        for each in left {
            let connecting = ClientBootstrap(group: eventLoop)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.recvAllocator, value: reading)
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try attach(channel, to: bound.value, lineLimit: lineLimit, left: each.bound.value)
                    }
                }
                .withConnectedSocket(each.descriptor)
            // One whose client is gone, or that fails otherwise, has ended.
            _ = try? await connecting.get()
        }
    }

    private static func attach(
        _ channel: any Channel, to loop: IntakeLoop, lineLimit: Int, left: ConnectionKeeper.Left? = nil
    ) throws {
        let known =
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { PeerLookup.credentials(of: $0) } ?? nil
        // Whom nobody knows is nobody, and not root.
        let peer = known ?? PeerCredentials(uid: .max, gid: .max)
        let connection = Connection(
            channel: channel, peer: peer, allowance: loop.allowances.of(peer.uid), lineLimit: lineLimit,
            left: left)
        try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(loop: loop, connection: connection))
    }

    /// Runs `body` with the loop, on the loop.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable (IntakeLoop) -> Result) async throws -> Result {
        try await eventLoop.submit { [loop] in body(loop.value) }.get()
    }

    /// Tells systemd's watchdog that the loop and these stations behind it live.
    func startHeartbeat(through stations: [Heartbeat.Station], every pause: TimeAmount) {
        Heartbeat(stations: stations, eventLoop: eventLoop, pause: pause) { ServiceManager.alive() }.start()
    }

    /// Ends the intake: no more clients, and what those that are there have written so far is taken and answered, as
    /// far as `limit` allows. Returns with how many connections that didn't work.
    func stop(within limit: TimeAmount) async throws -> Int {
        // Our own socket goes away with the daemon: who stands in the queue before it is still let in.
        if let path = socket.ownPath {
            unlink(path)
            await drainBacklog()
        }
        try await listener.close()
        try await onLoop { $0.beginStop() }
        let deadline = NIODeadline.now() + limit
        var left = Int.max
        while left > 0 {
            left = try await onLoop {
                $0.handOffEverything()
                return $0.unfinishedCount
            }
            guard NIODeadline.now() < deadline else { break }
            if left > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        try await onLoop { $0.handOffEverything() }
        return left
    }

    /// Leaves the kept connections to the next daemon, with whatever they were not told; the loop's thread ends.
    func shutdown() async throws {
        let settle = try await onLoop { loop in
            loop.handOver()
            return loop.keeper?.settle
        }
        if let settle { await Detached.run { settle() } }
        try await group.shutdownGracefully()
    }

    private func drainBacklog() async {
        for _ in 0..<200 {
            var probe = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&probe, 1, 0) > 0 else { return }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}

/// Tells a client that there are too many, and hangs up.
private final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let limit: ConnectionLimit

    init(limit: ConnectionLimit) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        var text = OutputBuffer()
        ControlReply.error("too many connections: at most \(limit.connections) (\(limit.reason))").append(
            to: &text)
        var buffer = context.channel.allocator.buffer(capacity: text.count)
        buffer.writeBytes(UnsafeRawBufferPointer(text.bytes))
        context.channel.writeAndFlush(buffer, promise: nil)
        context.close(promise: nil)
    }
}
