internal import CLibPCRE2
internal import LogMasking

/// The configured regular expressions, compiled by PCRE2's JIT.
///
/// UTF-8 and Unicode properties are on, so that `\w` and `\b` know Korean letters.
final class SecretPatterns: SecretPatternSearch {
    private let codes: [OpaquePointer]
    private let match: OpaquePointer?
    private let context: OpaquePointer?
    private let stack: OpaquePointer?

    /// Steps after which an expression is given up for one text: some ten milliseconds.
    private static var matchLimit: UInt32 { 1_000_000 }

    init(_ patterns: [String]) throws(MaskingError) {
        var codes: [OpaquePointer] = []
        for pattern in patterns {
            do throws(MaskingError) {
                codes.append(try SecretPatterns.compile(pattern))
            } catch {
                codes.forEach { pcre2_code_free_8($0) }
                throw error
            }
        }
        self.codes = codes
        match = pcre2_match_data_create_8(1, nil)
        context = pcre2_match_context_create_8(nil)
        stack = pcre2_jit_stack_create_8(32 << 10, 1 << 20, nil)
        pcre2_set_match_limit_8(context, SecretPatterns.matchLimit)
        pcre2_set_heap_limit_8(context, 16 << 10)
        pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    }

    deinit {
        codes.forEach { pcre2_code_free_8($0) }
        pcre2_match_data_free_8(match)
        pcre2_match_context_free_8(context)
        pcre2_jit_stack_free_8(stack)
    }

    private static func compile(_ pattern: String) throws(MaskingError) -> OpaquePointer {
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(pattern.utf8)
        let options = PCRE2_UTF | PCRE2_UCP | UInt32(PCRE2_NEVER_BACKSLASH_C)
        guard let code = pcre2_compile_8(bytes, bytes.count, options, &number, &offset, nil) else {
            var message = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(number, &message, message.count)
            let reason = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
            throw .badPattern(pattern, offset: offset, reason: reason)
        }
        // Without JIT (no executable memory allowed) the interpreter serves.
        _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        return code
    }

    /// Appends what the expressions match, expression by expression. One that exceeds its limits finds nothing
    /// more in this text. Empty matches don't count.
    package func search(_ text: MaskText, _ ranges: inout MaskedRanges) {
        for code in codes {
            var start = 0
            while start < text.count {
                let options = UInt32(PCRE2_NO_UTF_CHECK) | PCRE2_NOTEMPTY
                let result = pcre2_match_8(code, text.base, text.count, start, options, match, context)
                guard result >= 0, let offsets = pcre2_get_ovector_pointer_8(match) else { break }
                let (from, to) = (offsets[0], offsets[1])
                // PCRE2 before 10.38 lets `\K` in a look-around turn a match round.
                guard from < to, to > start else { break }
                ranges.append(from, to)
                start = to
            }
        }
    }
}
