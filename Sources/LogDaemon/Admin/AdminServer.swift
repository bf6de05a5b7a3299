import Glibc
import LogConfiguration
import LogModel
import LogPipeline
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Why the admin interface can't be had in one of its places.
struct AdminServerError: Error, CustomStringConvertible {
    var description: String
}

/// Listens for the admin interface, on an event loop of its own.
final class AdminServer: Sendable {
    /// Connections at once; who comes beyond is sent away.
    static let maximumConnections = 64

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let eventLoop: any EventLoop
    private let service: AdminService
    private let hub: NIOLoopBound<LiveHub>
    private let connections = Mutex(0)
    private let listeners = Mutex<[any Channel]>([])
    private let ownPath = Mutex<String?>(nil)

    init(service: AdminService) async throws {
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        self.service = service
        hub = try await eventLoop.submit {
            let hub = LiveHub(
                eventLoop: eventLoop,
                tune: { listeners, gate, done in
                    service.listen(listeners, gate) { eventLoop.execute(done) }
                },
                dropped: { service.missedLive($0) })
            return NIOLoopBound(hub, eventLoop: eventLoop)
        }.get()
        service.publishLive { [eventLoop, hub] chunk, skipped in
            eventLoop.execute { hub.value.publish(chunk, skipped: skipped) }
        }
    }

    /// Listens on the Unix socket, mode 0660, the daemon's group. A dead socket is replaced, a living one stays.
    func listen(path: String) async throws(AdminServerError) {
        var place = IntakeConfiguration()
        place.socket = path
        place.socketMode = 0o660
        place.socketGroup = String(getegid())
        let socket: ListeningSocket
        do throws(ListeningSocketError) { socket = try ListeningSocket.bind(place) } catch {
            if case .notASocket = error {
                throw AdminServerError(description: "\(path): exists and is no socket")
            }
            throw AdminServerError(description: "\(error)")
        }
        ownPath.withLock { $0 = path }
        await start(socket.descriptor, access: access(token: nil, isRemote: false), isLocal: true)
    }

    /// Listens on the TCP address; returns the address that it became.
    func listen(
        _ address: ListenAddress, token: String?
    ) async throws(AdminServerError) -> String {
        guard address.isLoopback || token != nil else {
            throw AdminServerError(
                description: "admin.http: other machines reach it, and there is no token that can be read")
        }
        let access = access(token: token, isRemote: !address.isLoopback)
        do {
            let channel = try await bootstrap(access: access, isLocal: false)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
            listeners.withLock { $0.append(channel) }
            return channel.localAddress.map { "\($0.ipAddress ?? address.host):\($0.port ?? address.port)" }
                ?? "\(address.host):\(address.port)"
        } catch {
            throw AdminServerError(description: "admin.http \(address.host):\(address.port): \(error)")
        }
    }

    private func access(token: String?, isRemote: Bool) -> AdminAccess {
        AdminAccess(user: geteuid(), group: getegid(), token: token, isRemote: isRemote)
    }

    private func start(_ descriptor: CInt, access: AdminAccess, isLocal: Bool) async {
        // The socket is bound and listens: taking it over doesn't fail.
        guard
            let channel = try? await bootstrap(access: access, isLocal: isLocal)
                .withBoundSocket(descriptor).get()
        else { return }
        listeners.withLock { $0.append(channel) }
    }

    private func bootstrap(access: AdminAccess, isLocal: Bool) -> ServerBootstrap {
        ServerBootstrap(group: eventLoop)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptWatch { _ in })
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let isFull = connections.withLock { count in
                        count += 1
                        return count > AdminServer.maximumConnections
                    }
                    channel.closeFuture.whenComplete { [self] _ in connections.withLock { $0 -= 1 } }
                    guard !isFull else { return channel.close(promise: nil) }
                    let pipeline = channel.pipeline.syncOperations
                    let peer = isLocal ? try AdminServer.peer(of: channel) : .network
                    try pipeline.addHandler(HTTPResponseEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(AdminServer.decoder()))
                    try pipeline.addHandler(
                        AdminHandler(service: service, access: access, hub: hub.value, peer: peer))
                }
            }
    }

    /// Takes as much of a request's head as any honest one has.
    private static func decoder() -> HTTPRequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8 << 10
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldCount = 64
        return HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
    }

    private static func peer(of channel: any Channel) throws -> AdminPeer {
        let peer = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { (PeerLookup.credentials(of: $0), supplementaryGroups(of: $0)) }
        guard let (known, groups) = peer, let credentials = known else {
            throw AdminServerError(description: "nobody knows who is at the other end")
        }
        return .local(user: credentials.uid, group: credentials.gid, groups: groups)
    }

    /// The groups that the peer's process has beside its own (SO_PEERGROUPS).
    private static func supplementaryGroups(of descriptor: CInt) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: 256)
        var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
        // <asm-generic/socket.h>: SO_PEERGROUPS.
        guard getsockopt(descriptor, SOL_SOCKET, 59, &groups, &size) == 0 else { return [] }
        return Array(groups.prefix(Int(size) / MemoryLayout<UInt32>.size))
    }

    /// Closes everything; what is being answered is cut off.
    func stop() async {
        let open = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        if let path = ownPath.withLock({ $0 }) { unlink(path) }
        for channel in open { try? await channel.close() }
        try? await eventLoop.submit { [hub] in hub.value.end() }.get()
        try? await group.shutdownGracefully()
    }
}
