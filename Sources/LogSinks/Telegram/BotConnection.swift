/// The way to the Bot API for one chat: requests go one after the other, on a thread that may wait.
package protocol BotConnection: Sendable {
    /// Posts and waits for the whole answer.
    func post(_ request: HTTPRequest) async -> Result<HTTPResponse, BotUnreachable>
    /// Gives the thread back; what comes later still works.
    func close()
}

/// Why no answer came; the text may hold parts of the address, and so of the token.
package struct BotUnreachable: Error, Equatable, Sendable {
    package var reason: String
    package init(reason: String) { self.reason = reason }
}

/// A connection over libcurl.
package actor CurlConnection: BotConnection {
    private nonisolated let executor = ThreadExecutor(name: "telegram")
    private let settings: HTTPSettings
    private var handle: HTTPHandle?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(_ settings: HTTPSettings) { self.settings = settings }

    package func post(_ request: HTTPRequest) async -> Result<HTTPResponse, BotUnreachable> {
        if handle == nil { handle = HTTPHandle() }
        guard let handle else { return .failure(BotUnreachable(reason: "libcurl can't be used")) }
        do throws(HTTPFailure) { return .success(try handle.post(request, settings)) } catch {
            return .failure(BotUnreachable(reason: error.text))
        }
    }

    package nonisolated func close() { executor.stop() }
}
