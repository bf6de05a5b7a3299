/// What is masked besides the built-in names, and what is not (contract sections 6 and 9, `masking`).
package struct MaskingConfiguration: Sendable, Equatable {
    /// Further field names whose values are secret; compared as the built-in ones are.
    package var fields: [String] = []
    /// Regular expressions (PCRE2); what they match is masked.
    package var patterns: [String] = []
    /// Exact names that are not masked after all.
    package var exempt: [String] = []

    package init() {}
}
