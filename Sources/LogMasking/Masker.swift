package import LogModel

/// Replaces secrets by `***MASKED***` (contract section 6; docs/masking.md has the fine print).
///
/// One per event loop: it owns its scratch, so a call allocates nothing once that has grown. Every buffer that
/// it is given must have `OutputBuffer.slack` readable bytes behind its end.
package struct Masker: ~Copyable {
    private let names: SecretNames
    private let patterns: (any SecretPatternSearch)?
    private var ranges = MaskedRanges()
    private var scratch = MaskScratch()

    /// Masks what is built in, the values of further `fields`, and what `patterns` finds; `exempt` names aren't
    /// masked after all (contract section 9, `masking`).
    package init(
        fields: [String] = [], exempt: [String] = [], patterns: sending (any SecretPatternSearch)? = nil
    ) {
        names = SecretNames(adding: fields, exempting: exempt)
        self.patterns = patterns
    }

    /// Masks decoded UTF-8 text, such as a message. True when something was masked; only then the whole masked
    /// text was appended to `output`.
    package mutating func mask(text: UnsafeBufferPointer<UInt8>, into output: inout OutputBuffer) -> Bool {
        guard let start = text.baseAddress else { return false }
        let text = MaskText(start, text.count)
        ranges.removeAll()
        Masker.search(text, names.index, patterns, &ranges, scratch.anchors)
        if ranges.count == 0 { return false }
        ranges.apply(to: text, into: &output)
        return true
    }

    /// Whether `mask(text:)` might find something in the JSON string of this content once its escapes, all of two bytes,
    /// are decoded. To ask takes less than to decode: mostly it won't.
    package func mightMask(normal content: UnsafeBufferPointer<UInt8>) -> Bool {
        guard patterns == nil else { return true }
        guard let start = content.baseAddress else { return false }
        let search = TextSearch(text: MaskText(start, content.count), names: names.index)
        return search.mayFindDecoded(anchors: scratch.anchors)
    }

    /// Masks a valid JSON value as it stood in the line, by key at any depth and inside its strings; what isn't
    /// masked stays byte for byte. True when something was masked; only then the whole masked JSON was appended
    /// to `output`.
    package mutating func mask(json: UnsafeBufferPointer<UInt8>, into output: inout OutputBuffer) -> Bool {
        guard let start = json.baseAddress else { return false }
        let json = MaskText(start, json.count)
        ranges.removeAll()
        var search = JSONSearch(json: json, names: names.index)
        search.run(patterns, &ranges, &scratch)
        if ranges.count == 0 { return false }
        ranges.apply(to: json, into: &output)
        return true
    }

    /// Whether the value of a field of this (decoded) name is secret.
    package func isSecret(name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = name.baseAddress else { return false }
        return names.index.isSecret(MaskText(start, name.count))
    }

    /// Appends what the rules and then the configured patterns find in `text`.
    @inline(__always)
    static func search(
        _ text: MaskText, _ names: SecretNames.Index, _ patterns: (any SecretPatternSearch)?,
        underAccountKey: Bool = false, _ ranges: inout MaskedRanges,
        _ anchors: UnsafeMutablePointer<UInt64>
    ) {
        let first = ranges.count
        var search = TextSearch(text: text, names: names)
        if underAccountKey { search.expectAccountNumber(from: 0) }
        search.run(&ranges, anchors: anchors)
        guard let patterns else { return }
        patterns.search(text, &ranges)
        ranges.settle(from: first)
    }
}
