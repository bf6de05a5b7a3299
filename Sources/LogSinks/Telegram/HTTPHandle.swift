internal import CLibCurl

/// One HTTP client with its connection, over libcurl. Blocks; belongs to one thread at a time.
///
/// A proxy is taken from the environment (`https_proxy`, `no_proxy` and the like), which libcurl reads by itself.
/// Certificates are checked; redirects are not followed, since the address holds a secret.
final class HTTPHandle {
    /// Bytes of an answer that are looked at; a longer one is a failure.
    private static let bodyLimit = 262_144
    private static let isReady = curl_global_init(CLong(HANTU_CURL_GLOBAL_DEFAULT)) == 0

    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    /// nil where libcurl can't be used.
    init?() {
        guard HTTPHandle.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
        errorText = .allocate(capacity: HANTU_CURL_ERROR_SIZE)
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// Posts and waits for the answer; the failure is curl's text, which may hold parts of the address.
    func post(_ request: HTTPRequest, _ settings: HTTPSettings) throws(HTTPFailure) -> HTTPResponse {
        curl_easy_reset(handle)
        errorText[0] = 0
        var headers = curl_slist_append(nil, "Content-Type: application/json")
        // Without this curl waits for a 100 before a larger body.
        headers = curl_slist_append(headers, "Expect:")
        defer { curl_slist_free_all(headers) }
        set(HANTU_CURL_NOSIGNAL, 1)
        set(HANTU_CURL_FOLLOWLOCATION, 0)
        set(HANTU_CURL_PROTOCOLS, HANTU_CURL_HTTP_AND_HTTPS)
        set(HANTU_CURL_SSL_VERIFYPEER, 1)
        set(HANTU_CURL_SSL_VERIFYHOST, 2)
        set(HANTU_CURL_TIMEOUT_MS, settings.deadline)
        set(HANTU_CURL_CONNECTTIMEOUT_MS, settings.connectDeadline)
        set(HANTU_CURL_URL, request.url)
        set(HANTU_CURL_USERAGENT, settings.userAgent)
        trust(settings.authoritiesFiles)
        if let directory = settings.authoritiesDirectory { set(HANTU_CURL_CAPATH, directory) }
        hantu_curl_set_list(handle, option(HANTU_CURL_HTTPHEADER), headers)
        hantu_curl_set_pointer(handle, option(HANTU_CURL_ERRORBUFFER), errorText)
        let body = ReceivedBody(limit: HTTPHandle.bodyLimit)
        hantu_curl_set_pointer(
            handle, option(HANTU_CURL_WRITEDATA), Unmanaged.passUnretained(body).toOpaque())
        hantu_curl_set_write(handle) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let body = Unmanaged<ReceivedBody>.fromOpaque(context).takeUnretainedValue()
            return body.take(UnsafeRawBufferPointer(start: bytes, count: Int(size * count)))
                ? size * count : 0
        }
        set(HANTU_CURL_POSTFIELDSIZE, request.body.count)
        let result = request.body.withUnsafeBytes { bytes in
            hantu_curl_set_pointer(
                handle, option(HANTU_CURL_POSTFIELDS), UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return withExtendedLifetime(body) { curl_easy_perform(handle) }
        }
        guard result == 0 else { throw failure(result) }
        return HTTPResponse(
            status: hantu_curl_response_code(handle), body: body.bytes,
            retryAfter: Int(hantu_curl_retry_after(handle)))
    }

    /// One file as curl reads it; of several, the certificates of all.
    private func trust(_ files: [String]) {
        guard files.count > 1 else {
            if let file = files.first { set(HANTU_CURL_CAINFO, file) }
            return
        }
        let all = files.compactMap { WholeFile.bytes(of: $0) }.joined(separator: [0x0A])
        Array(all).withUnsafeBytes { bytes in
            _ = hantu_curl_set_bytes(
                handle, option(HANTU_CURL_CAINFO_BLOB), bytes.baseAddress, CUnsignedLong(bytes.count))
        }
    }

    private func failure(_ code: CInt) -> HTTPFailure {
        let detail = String(cString: errorText)
        let general = curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return HTTPFailure(text: detail.isEmpty ? general : detail)
    }

    private func option(_ name: Int) -> CInt { CInt(name) }

    private func set(_ name: Int, _ value: Int) {
        hantu_curl_set_number(handle, option(name), value)
    }

    private func set(_ name: Int, _ value: String) {
        hantu_curl_set_text(handle, option(name), value)
    }
}

/// No answer came, or not a whole one.
struct HTTPFailure: Error, Equatable {
    var text: String
}

/// What has come of an answer so far.
private final class ReceivedBody {
    private let limit: Int
    private(set) var bytes: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    func take(_ more: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count + more.count <= limit else { return false }
        bytes.append(contentsOf: more)
        return true
    }
}
