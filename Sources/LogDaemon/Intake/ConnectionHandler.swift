import LogModel
import NIOCore

/// The end of a connection's pipeline: every read goes, as it is, to the loop's processor.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let loop: IntakeLoop
    private let connection: Connection
    private var hasEnded = false

    init(loop: IntakeLoop, connection: Connection) {
        self.loop = loop
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) { loop.add(connection) }

    func channelActive(context: ChannelHandlerContext) {
        connection.greet()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // The memory behind the bytes that were read is the buffer's own up to its capacity.
        let slack = buffer.writableBytes
        buffer.withUnsafeReadableBytes {
            loop.take($0.bindMemory(to: UInt8.self), slack: slack, from: connection)
        }
        loop.readMemory.giveBack(buffer)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            end()
            connection.inputClosed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.applyReading()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !connection.isHandedOver {
            end()
            loop.remove(connection)
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that fails has ended; what it sent before counts.
        context.close(promise: nil)
    }

    /// The last line may have no newline.
    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        loop.finish(connection)
    }
}
