/// What is posted.
package struct HTTPRequest: Sendable, Equatable {
    package var url: String
    /// JSON.
    package var body: [UInt8]
}

/// The answer of an HTTP server.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var body: [UInt8]
    /// Seconds of the Retry-After header, 0 without one.
    package var retryAfter: Int

    package init(status: Int, body: [UInt8], retryAfter: Int = 0) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}

/// What doesn't change from one request to the next.
package struct HTTPSettings: Sendable, Equatable {
    /// Certificates that are trusted instead of the system's, as curl's and OpenSSL's own variables name them.
    package var authoritiesFiles: [String] = []
    package var authoritiesDirectory: String?
    package var userAgent = "hantu-logd"
    /// Deadline of a whole request, the connection included, in milliseconds.
    package var deadline = 15_000
    package var connectDeadline = 5_000

    /// As `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR` say.
    package init(environment: [String: String] = [:]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        for file in [value("CURL_CA_BUNDLE"), value("SSL_CERT_FILE")] {
            if let file, !authoritiesFiles.contains(file) { authoritiesFiles.append(file) }
        }
        authoritiesDirectory = value("SSL_CERT_DIR")
    }
}
