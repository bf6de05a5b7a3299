import NIOCore

/// Waits a second when no client can be let in, for example since there are no descriptors left, and tells so. The
/// kernel holds who stands before the door meanwhile.
///
/// NIO's `AcceptBackoffHandler` doesn't do: the listener stays readable, and its loop turns without end.
final class AcceptWatch: ChannelInboundHandler {
    typealias InboundIn = any Channel
    static let pause = TimeAmount.seconds(1)

    private let told: @Sendable (IOError?) -> Void
    private var isFailing = false

    /// `told` is called on the loop: with why it fails, and with nil once it no longer does.
    init(told: @escaping @Sendable (IOError?) -> Void) { self.told = told }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isFailing {
            isFailing = false
            told(nil)
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        if !isFailing { told(error) }
        isFailing = true
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenFailure { _ in }
        channel.eventLoop.scheduleTask(in: AcceptWatch.pause) {
            channel.setOption(.autoRead, value: true).whenFailure { _ in }
        }
    }
}
