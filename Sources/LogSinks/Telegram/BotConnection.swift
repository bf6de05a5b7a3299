/// The way to the Bot API for one chat: requests go one after the other, on a thread that may wait.
package protocol BotConnection: Sendable {
    /// Posts; nil and a text without the token where no whole answer came.
    func post(_ request: HTTPRequest) async -> Result<HTTPResponse, BotUnreachable>
    /// Gives the thread back; what comes later still works.
    func close()
}

/// Why no answer came, in words that can be shown.
package struct BotUnreachable: Error, Equatable, Sendable {
    package var reason: String
    package init(reason: String) { self.reason = reason }
}

/// A connection over libcurl.
package actor CurlConnection: BotConnection {
    private nonisolated let executor = ThreadExecutor(name: "telegram")
    private let settings: HTTPSettings
    private let secret: String
    private var handle: HTTPHandle?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `secret` is the token, to be kept out of curl's texts.
    package init(_ settings: HTTPSettings, secret: String) {
        self.settings = settings
        self.secret = secret
    }

    package func post(_ request: HTTPRequest) async -> Result<HTTPResponse, BotUnreachable> {
        if handle == nil { handle = HTTPHandle() }
        guard let handle else { return .failure(BotUnreachable(reason: "libcurl can't be used")) }
        do throws(HTTPFailure) { return .success(try handle.post(request, settings)) } catch {
            return .failure(BotUnreachable(reason: BotAPI.withoutSecret(error.text, secret)))
        }
    }

    package nonisolated func close() { executor.stop() }
}
