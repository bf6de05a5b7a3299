/// Why a masking configuration can't be used.
package enum MaskingError: Error, Equatable, Sendable {
    /// A regular expression of `masking.patterns` that PCRE2 refuses: the expression, the byte offset in it at
    /// which that showed, and PCRE2's own words.
    case badPattern(String, offset: Int, reason: String)
}
