import Glibc
import NIOCore

/// What a connection's socket is asked and told past NIO.
struct ClientSocket {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    /// Not where the channel is closed.
    func withDescriptor(_ body: (CInt) -> Void) {
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self, body)
    }

    /// Bytes that the client wrote and that weren't read yet.
    var bytesWaiting: Int { ask(UInt(FIONREAD)) }

    /// Whether the client has read everything that it was told.
    var isReadOut: Bool { ask(UInt(TIOCOUTQ)) == 0 }

    /// Ends reading, writing or both; what the kernel holds can be read still.
    func shut(_ how: Int) { withDescriptor { _ = shutdown($0, CInt(how)) } }

    private func ask(_ what: UInt) -> Int {
        var count: CInt = 0
        withDescriptor { _ = ioctl($0, what, &count) }
        return Int(count)
    }
}
