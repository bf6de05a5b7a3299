package import LogMasking

package typealias Masker = LogMasking.Masker

extension Masker {
    /// Masks as configured; without expressions PCRE2 is never asked. Throws `badPattern` for the first
    /// expression that PCRE2 refuses.
    package init(_ configuration: MaskingConfiguration) throws(MaskingError) {
        let patterns = configuration.patterns.isEmpty ? nil : try SecretPatterns(configuration.patterns)
        self.init(fields: configuration.fields, exempt: configuration.exempt, patterns: patterns)
    }
}
