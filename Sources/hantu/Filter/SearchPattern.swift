internal import CLibPCRE2

/// What `--grep` looks for: a regular expression of PCRE2, or faster, a text without anything special in it.
final class SearchPattern: @unchecked Sendable {
    // Unchecked: a compiled expression is only ever read.
    struct Fault: Error {
        /// PCRE2's words.
        var reason: String
    }

    /// The text itself where the expression means nothing but it.
    let literal: [UInt8]?
    /// Texts of which everything that matches has one: `literal`, or parts of the expression; nil where none are known.
    let required: [[UInt8]]?
    private let code: OpaquePointer?

    init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard text.contains(where: { "\\^$.|?*+()[]{}".contains($0) }) else {
            (literal, required, code) = (bytes, bytes.isEmpty ? nil : [bytes], nil)
            return
        }
        var number: Int32 = 0
        var offset = 0
        let options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_MATCH_INVALID_UTF
        guard let code = pcre2_compile_8(bytes, bytes.count, options, &number, &offset, nil) else {
            var message = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(number, &message, message.count)
            let words = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
            throw Fault(reason: "\(words) at position \(offset)")
        }
        // Where no executable memory is allowed, the interpreter serves.
        _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        literal = nil
        required = RequiredText.of(text)
        self.code = code
    }

    deinit { pcre2_code_free_8(code) }

    /// Whether it occurs in these bytes; invalid UTF-8 in them matches nothing but harms nothing.
    func occurs(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = bytes.baseAddress else { return literal?.isEmpty ?? matches("", 0) }
        if let literal { return bytes.has(literal) }
        return matches(start, bytes.count)
    }

    private func matches(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let match = pcre2_match_data_create_8(1, nil)
        defer { pcre2_match_data_free_8(match) }
        return pcre2_match_8(code, start, count, 0, 0, match, nil) >= 0
    }
}
